package sync

import (
	"testing"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// TestIsInOtherCase asks for names that a listing of a side which takes Sub and sub for one name lacks.
func TestIsInOtherCase(t *testing.T) {
	var b manifest.Builder
	for _, dir := range []manifest.Path{"Sub", "Sub/Deep", "same"} {
		b.Add(dir, manifest.Entry{Kind: manifest.Dir})
	}
	for _, file := range []manifest.Path{"Sub/a.txt", "Sub/Deep/B.txt", "same/C.txt"} {
		b.Add(file, manifest.Entry{Kind: manifest.File})
	}
	p := &pass{trees: [2]*manifest.Tree{Remote: b.Tree()}, policy: Policy{Folding: [2]namecase.Folding{Remote: namecase.FoldsCase}}}
	for path, want := range map[manifest.Path]bool{
		"sub":            true,
		"sub/a.txt":      true,
		"sub/deep/b.txt": true,
		"Sub/deep/B.txt": true,
		"same/c.txt":     true,
		"sub/none.txt":   false, // the directory is there, and what was found in it is not listed
		"sub/deep/none":  false,
		"none/a.txt":     false,
		"Sub/a.txt":      false, // that is its name
	} {
		if got := p.isInOtherCase(Remote, path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
