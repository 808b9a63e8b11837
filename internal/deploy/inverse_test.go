package deploy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy/inverse"
	"ferry/manifest"
)

// TestInverse: the way back of each kind of change.
func TestInverse(t *testing.T) {
	was, is := staged(3, 100), staged(4, 200)
	before := &Release{Number: 6, Files: []File{{Path: "mode", Seen: was, Mode: 0o600}}}
	for _, c := range []struct {
		change Change
		want   string // kind, where it comes from, where the present one goes, size before and after
	}{
		{Change{Kind: Put, Path: "new", From: "stage/s/0/x", Is: is}, "1 > stage/b/0000001 4 0"},
		{Change{Kind: Put, Path: "old", From: "stage/s/0/x", Aside: "stage/b/0000007", Was: was, Is: is}, "0 d/7/b/0000007 > stage/b/0000001 4 3"},
		{Change{Kind: Put, Path: "drift", From: "stage/s/0/x", Aside: "stage/drift/0000007", Was: was, Is: is, Drift: true}, "0 d/7/drift/0000007 > stage/b/0000001 4 3"},
		{Change{Kind: Put, Path: "theirs", From: "stage/s/0/x", Is: is}, "1 > stage/drift/0000001 4 0"},
		{Change{Kind: Remove, Path: "gone", Aside: "stage/b/0000007", Was: was}, "0 d/7/b/0000007 >  0 3"},
		{Change{Kind: Chmod, Path: "mode", Was: was, Is: was, Mode: 0o755}, "2 >  3 3 mode 600"},
		{Change{Kind: Chmod, Path: "other", Was: was, Is: was, Mode: 0o755}, ""},
		{Change{Kind: Remove, Path: "dir", Was: manifest.Entry{Kind: manifest.Dir}}, ""},
	} {
		r := &Release{Number: 7, Changes: []Change{c.change}}
		if c.change.Kind == Put && c.change.Path != "theirs" {
			r.Files = []File{{Path: c.change.Path, Seen: is}}
		}
		changes, err := inverse.Of(r, before, nil)
		got := ""
		for _, b := range changes {
			got = strings.TrimSpace(fmt.Sprintf("%d %s", b.Kind, b.From)) + fmt.Sprintf(" > %s %d %d", b.Aside, b.Was.Size, b.Is.Size)
			if b.Mode != 0 {
				got += fmt.Sprintf(" mode %o", b.Mode)
			}
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.change.Path, got, err, c.want)
		}
	}
	// Nothing is done where a version was not kept.
	for _, c := range []Change{{Kind: Put, Path: "a/old", Was: was, Is: is}, {Kind: Remove, Path: "a/old", Was: was}} {
		if changes, err := inverse.Of(&Release{Number: 7, Changes: []Change{c}}, before, nil); err == nil || changes != nil || !strings.Contains(err.Error(), "a/old") {
			t.Errorf("%v, %v", changes, err)
		}
	}
	// Directories go that stand where a file comes back.
	changes, err := inverse.Of(&Release{Number: 7, Changes: []Change{
		{Kind: Remove, Path: "a", Aside: "stage/b/0000001", Was: was},
		{Kind: Put, Path: "a/b/c", From: "stage/s/0/x", Is: is},
	}}, before, nil)
	var paths []manifest.Path
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	if err != nil || !slices.Equal(paths, []manifest.Path{"a/b/c", "a/b", "a", "a"}) {
		t.Errorf("%v, %v", paths, err)
	}
}
