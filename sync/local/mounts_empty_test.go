package local

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/sync"
)

// TestEmptyMount mounts an empty file system that cannot be told from the one before it:
// what was on that one is not deleted on the other side.
func TestEmptyMount(t *testing.T) {
	h, e := newMountHistory(t, 0)
	before := h.content(h.b)
	at := filepath.Join(h.a, "media/disk")
	h.must(os.Rename(at, h.disk))
	h.must(os.Mkdir(at, 0o755))
	for range 2 {
		_, err := e.Sync(t.Context())
		var unsafe *sync.UnsafeError
		if !errors.As(err, &unsafe) || !strings.Contains(unsafe.What, "mounted at media/disk is empty") {
			t.Fatalf("the pass ends with %v", err)
		}
	}
	if after := h.content(h.b); !maps.Equal(before, after) {
		t.Errorf("the other side holds %q, and held %q", after, before)
	}
	h.mount()
	h.pass(e)
}
