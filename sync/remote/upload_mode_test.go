package remote

import (
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestPutKeepsMode replaces files of all kinds of modes: each keeps its own. Set-uid is
// dropped, and where SITE CHMOD is unknown it is tried once.
func TestPutKeepsMode(t *testing.T) {
	modes := map[string]os.FileMode{"usual": 0o644, "secret": 0o600, "script": 0o755, "shared": 0o664, "suid": 0o755 | os.ModeSetuid, "usual too": 0o644}
	for _, refuse := range []bool{false, true} {
		h := newFixture(t, ftpserver.Options{NoMLSD: true}) // the embedded server's MLSD shows no modes
		for name, mode := range modes {
			h.write(name, "old")
			if err := os.Chmod(filepath.Join(h.root, name), mode); err != nil {
				t.Fatal(err)
			}
		}
		tree := h.scan(sync.Look{})
		var refused *ftpserver.Armed
		if refuse {
			refused = h.fault(ftpserver.Fault{Command: "SITE", Refuse: "500 unknown"})
		}
		for round := range 2 {
			var run []sync.Step
			for name := range modes {
				step := h.put(manifest.Path(name), "new and longer"[:10+round], tree.At(manifest.Path(name)))
				step.Trash = round == 0
				run = append(run, step)
			}
			h.done(h.apply(run...))
			for name, mode := range modes {
				info, err := os.Stat(filepath.Join(h.root, name))
				if err != nil {
					t.Fatal(err)
				}
				if want := mode & 0o777; info.Mode() != want && !refuse {
					t.Errorf("%s has mode %v, want %v", name, info.Mode(), want)
				}
			}
			tree = h.scan(sync.Look{})
		}
		if refuse && refused.Fired() > len(modes)+1 { // those of one batch, and that for the trash
			t.Errorf("SITE CHMOD was refused %d times", refused.Fired())
		}
	}
}
