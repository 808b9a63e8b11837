package local_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync/local"
	"ferry/sync/trashbin"
)

// A link that replaces a directory of the trash is never followed.
func TestTrashFollowsNoLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	const stamp = "20240102-030405"
	for _, link := range []string{".ferry", ".ferry/trash", ".ferry/trash/" + stamp, ".ferry/trash/" + stamp + "/d"} {
		t.Run(link, func(t *testing.T) {
			d, h := open(t, local.Options{FollowLinks: true})
			outside := t.TempDir()
			h.must(os.MkdirAll(filepath.Dir(h.at(link)), 0o755))
			below, err := filepath.Rel(link, ".ferry/trash/"+stamp+"/d/f")
			h.must(err)
			target := filepath.Join(outside, below)
			h.must(os.MkdirAll(filepath.Dir(target), 0o755))
			h.must(os.WriteFile(target, []byte("mine"), 0o644))
			h.must(os.Symlink(outside, h.at(link)))
			things, err := d.Trashed(t.Context(), time.Time{})
			if len(things) > 0 {
				t.Errorf("the trash holds %+v, %v", things, err)
			}
			forged := trashbin.Trashed{Path: "d/f", ID: stamp + "/d/f", Entry: manifest.Entry{Kind: manifest.File, Size: 4}}
			if n, err := d.Discard(t.Context(), []trashbin.Trashed{forged}); err == nil || n != 0 {
				t.Errorf("%d bytes were freed, %v", n, err)
			}
			if err := d.Restore(t.Context(), forged); err == nil {
				t.Error("it was restored")
			}
			if text, err := os.ReadFile(target); string(text) != "mine" {
				t.Errorf("the file outside holds %q, %v", text, err)
			}
		})
	}
}
