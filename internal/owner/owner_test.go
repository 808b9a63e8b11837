package owner

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestMarks holds what the marks of a pair depend on: a copy of the state directory
// has the same owner and another lock, another pair or state directory has neither.
func TestMarks(t *testing.T) {
	dir := t.TempDir()
	first := Of(dir, "/a", false)
	if again := Of(dir, "/a", false); again != first {
		t.Errorf("another run: %v, want %v", again, first)
	}
	if dry := Of(dir, "/a", true); dry != first {
		t.Errorf("a dry run: %v, want %v", dry, first)
	}
	if other := Of(dir, "/b", false); other.Owner == first.Owner {
		t.Error("two pairs have one owner")
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if clone := Of(copied, "/a", false); clone.Owner != first.Owner || clone.Boot == first.Boot {
		t.Errorf("a copy of the state directory: %v, and the original: %v", clone, first)
	}
	fresh := t.TempDir()
	if dry := Of(fresh, "/a", true); dry.Owner == first.Owner {
		t.Error("two state directories have one owner")
	}
	if left, err := os.ReadDir(fresh); err != nil || len(left) > 0 {
		t.Errorf("a dry run wrote %v, %v", left, err)
	}
}

// TestOwnerIDIsMadeOnce lets several processes make it at the same time, in the place of
// a damaged one.
func TestOwnerIDIsMadeOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "owner")
	var group sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		group.Go(func() {
			var err error
			if ids[i], err = makeID(file); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		if id != ids[0] || len(id) != 32 {
			t.Errorf("ids: %q", ids)
			break
		}
	}
	if err := os.WriteFile(file, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if id, err := makeID(file); err != nil || id == ids[0] {
		t.Errorf("in place of a damaged id: %q, %v", id, err)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}
