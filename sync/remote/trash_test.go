package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestTrashOfPassesInOneSecond overwrites one file again and again, each time by
// another process: every version stays in the trash.
func TestTrashOfPassesInOneSecond(t *testing.T) {
	root := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const passes = 8
	for i := range passes {
		if err := os.WriteFile(filepath.Join(root, "f"), fmt.Append(nil, "version ", i), 0o666); err != nil {
			t.Fatal(err)
		}
		d := open(t, server.Addr(), "u", "p", "", nil)
		tree, err := d.Scan(t.Context(), sync.Look{})
		if err != nil {
			t.Fatal(err)
		}
		step := sync.Step{Op: sync.Remove, Path: "f", Expect: tree.At("f"), Trash: true}
		d.Apply(t.Context(), []sync.Step{step}, func(_ int, out sync.Outcome) {
			if out.Err != nil {
				t.Error(out.Err)
			}
		})
	}
	kept, err := filepath.Glob(filepath.Join(root, ".ferry/trash/*/f"))
	if err != nil || len(kept) != passes {
		t.Errorf("%d versions of %d are in the trash: %q, %v", len(kept), passes, kept, err)
	}
}
