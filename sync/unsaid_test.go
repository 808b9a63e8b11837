package sync_test

import (
	"errors"
	"fmt"
	"testing"

	"ferry/sync"
)

// TestEmptiedRootStaysEmpty holds that a poll brings nothing into a local root
// that lost everything: with one file in it, it would not look emptied any more,
// and few files would be deleted for it.
func TestEmptiedRootStaysEmpty(t *testing.T) {
	for _, c := range []struct{ name, file, dir string }{
		{"a new file in the root", "new", ""},
		{"a new file in a directory", "d1/new", "d1"},
		{"a new directory", "n/new", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill(4)
			w.write(sync.Local, "top", "t")
			w.sync()
			for _, p := range []string{"d0", "d1", "d2", "top"} {
				w.sides[sync.Local].Remove(p)
			}
			w.write(sync.Remote, c.file, "n")
			before := fmt.Sprint(w.tree(sync.Remote))
			_, _ = w.passOver(scopeOf(nil, c.dir))
			_, err := w.passOver(scopeOf([]string{"d0", "d1", "d2", "top"}))
			var unsafe *sync.UnsafeError
			if !errors.As(err, &unsafe) {
				t.Errorf("a pass over what is gone: %v", err)
			}
			if got := fmt.Sprint(w.tree(sync.Remote)); got != before {
				t.Errorf("the server has\n%s\nand had\n%s\n%s", got, before, w.tail())
			}
		})
	}
}
