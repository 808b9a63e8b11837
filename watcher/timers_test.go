package watcher

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
)

// inBubble runs do with a watcher at default settings whose clock and system are
// not real.
func inBubble(t *testing.T, do func(t *testing.T, root string, f *fake, w *Watcher)) {
	t.Helper()
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{room: 1000}
		w, err := newWatcher(root, Options{}, f.open)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		do(t, root, f, w)
	})
}

// took waits for the next batch, and checks when it came and what it holds.
func took(t *testing.T, w *Watcher, since time.Time, want time.Duration, paths ...manifest.Path) {
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
	inBubble(t, func(t *testing.T, root string, f *fake, w *Watcher) {
		begin := time.Now()
		f.say(opCreate, filepath.Join(root, "a"))
		time.Sleep(300 * time.Millisecond)
		f.say(opWrite, filepath.Join(root, "b")) // is not there
		f.say(opCreate, filepath.Join(root, "c"))
		took(t, w, begin, 800*time.Millisecond, "a", "c")

		begin = time.Now()
		f.say(opRemove, filepath.Join(root, "a"))
		took(t, w, begin, 5500*time.Millisecond, "a")
	})
}

func TestLongest(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fake, w *Watcher) {
		begin := time.Now()
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for {
				f.say(opCreate, filepath.Join(root, "log"))
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		}()
		took(t, w, begin, 30*time.Second, "log")
	})
}

// TestBusy holds that what nobody takes is kept, grows, and goes out in one.
func TestBusy(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fake, w *Watcher) {
		for _, name := range []string{"a", "b", "c"} {
			f.say(opCreate, filepath.Join(root, name))
			time.Sleep(time.Minute)
		}
		f.say(opRemove, filepath.Join(root, "b"))
		synctest.Wait()
		took(t, w, time.Now(), 0, "a", "c")
		synctest.Wait()
		if n := w.State().Waiting; n != 0 {
			t.Errorf("%d waiting", n) // b was made and is gone, and nobody was told
		}
	})
}

func TestCloseWhileOffering(t *testing.T) {
	inBubble(t, func(t *testing.T, root string, f *fake, w *Watcher) {
		f.say(opCreate, filepath.Join(root, "a"))
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
