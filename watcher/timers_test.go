package watcher

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
)

// inBubble runs do in a synctest bubble, with a fake system and a watcher with default
// options.
func inBubble(t *testing.T, do func(t *testing.T, root string, f *fakeSystem, w *Watcher)) {
	t.Helper()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeSystem{room: 1000}
		w, err := newWatcher(root, Options{}, f.open)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		do(t, root, f, w)
	})
}

// wantBatch waits for the next batch, and checks its time and its paths.
func wantBatch(t *testing.T, w *Watcher, since time.Time, want time.Duration, paths ...manifest.Path) {
	t.Helper()
	var b Batch
	select {
	case b = <-w.Batches():
	case <-time.After(time.Hour):
	}
	if got := time.Since(since); got != want || !slices.Equal(b.Paths, paths) {
		t.Errorf("%q after %v; want %q after %v", b.Paths, got, paths, want)
	}
}

func TestSettles(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fakeSystem, w *Watcher) {
		begin := time.Now()
		f.send(opCreate, filepath.Join(root, "a"))
		time.Sleep(300 * time.Millisecond)
		f.send(opWrite, filepath.Join(root, "b")) // does not exist
		f.send(opCreate, filepath.Join(root, "c"))
		wantBatch(t, w, begin, 800*time.Millisecond, "a", "c")

		begin = time.Now()
		f.send(opRemove, filepath.Join(root, "a"))
		wantBatch(t, w, begin, 5500*time.Millisecond, "a")
	})
}

func TestLongest(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fakeSystem, w *Watcher) {
		begin := time.Now()
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for {
				f.send(opCreate, filepath.Join(root, "log"))
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		}()
		wantBatch(t, w, begin, 30*time.Second, "log")
	})
}

// A batch that is not received is kept and grows.
func TestBusy(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fakeSystem, w *Watcher) {
		for _, name := range []string{"a", "b", "c"} {
			f.send(opCreate, filepath.Join(root, name))
			time.Sleep(time.Minute)
		}
		f.send(opRemove, filepath.Join(root, "b"))
		synctest.Wait()
		wantBatch(t, w, time.Now(), 0, "a", "c")
		synctest.Wait()
		if n := w.State().Waiting; n != 0 {
			t.Errorf("%d waiting", n) // b appeared and vanished without a report
		}
	})
}

func TestCloseWhileOffering(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fakeSystem, w *Watcher) {
		f.send(opCreate, filepath.Join(root, "a"))
		time.Sleep(time.Minute)
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if b, ok := <-w.Batches(); ok {
			t.Errorf("%v after Close", b)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
}
