package sync_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A disk that empties files is stopped before the other side follows, in every
// direction in which it would.
func TestEmptiedFilesStopThePass(t *testing.T) {
	for _, c := range []struct {
		direction sync.Direction
		by        sync.Side
	}{{sync.Both, sync.Local}, {sync.Both, sync.Remote}, {sync.Push, sync.Local}, {sync.Pull, sync.Remote}} {
		t.Run(fmt.Sprint(c.direction, " ", c.by), func(t *testing.T) {
			w := newWorld(t)
			w.fill(30)
			w.opts.Policy.Direction = c.direction
			for i := range 16 {
				w.sides[c.by].Write(fmt.Sprintf("d%d/f%d", i%3, i), "", w.now().Add(time.Hour))
			}
			err := w.wantUnsafe()
			if !strings.Contains(err.Hint, "--allow-deletes") || !strings.Contains(err.What, "16 files of 30") {
				t.Errorf("%q, hint %q", err.What, err.Hint)
			}
			w.opts.Limits.AllowDeletes = true
			if sum := w.sync(); sum.Uploaded+sum.Downloaded != 16 {
				t.Errorf("%+v", sum)
			}
		})
	}
}

// A few files may be emptied whatever the limit on deletions, files that were empty
// before do not count, nor do new ones.
func TestFilesThatMayBeEmpty(t *testing.T) {
	w := newWorld(t)
	w.fill(30)
	for i := range 40 {
		w.write(sync.Local, fmt.Sprintf("empty/%d", i), "")
	}
	w.opts.Limits = sync.Limits{MaxDeletes: 0, MaxDeletePercent: -1}
	w.sync()
	for i := range 40 {
		w.sides[sync.Local].Write(fmt.Sprintf("empty/%d", i), "", w.now().Add(time.Hour))
	}
	for i := range 10 {
		w.sides[sync.Local].Write(fmt.Sprintf("d%d/f%d", i%3, i), "", w.now().Add(time.Hour))
	}
	w.sync()
}

// What passes over parts empty adds up.
func TestEmptiedFilesAddUp(t *testing.T) {
	w := newWorld(t)
	w.opts.Deletions = new(sync.DeletionCount)
	w.fill(20)
	for i := range 20 {
		path := fmt.Sprintf("d%d/f%d", i%3, i)
		w.sides[sync.Local].Write(path, "", w.now().Add(time.Hour))
		_, err := w.passOver(sync.Scope{Local: []manifest.Path{manifest.Path(path)}})
		var unsafe *sync.UnsafeError
		switch stopped := errors.As(err, &unsafe); {
		case stopped && i < 10, !stopped && err != nil:
			t.Fatalf("after %d files: %v", i, err)
		case stopped:
			return
		}
	}
	t.Error("20 files of 20 were emptied one by one")
}

// A side on which no file has content any more is stopped however few its files are.
func TestAllFilesEmptied(t *testing.T) {
	for _, by := range [...]sync.Side{sync.Local, sync.Remote} {
		w := newWorld(t)
		w.fill(5)
		w.write(by, "empty before", "")
		w.sync()
		empty := func(i int) {
			w.sides[by].Write(fmt.Sprintf("d%d/f%d", i%3, i), "", w.now().Add(time.Hour))
		}
		for i := range 4 {
			empty(i)
		}
		w.opts.DryRun = true
		w.sync() // one file has content
		w.opts.DryRun = false
		empty(4)
		if err := w.wantUnsafe(); !strings.Contains(err.What, "5 files of 6 on the "+by.String()+" side lost all content") {
			t.Errorf("%q", err.What)
		}
		w.opts.Limits.AllowDeletes = true
		w.sync()
	}
}
