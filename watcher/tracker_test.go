package watcher

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
)

// A directory is found at its new path before the event comes that it left the old
// one. The system has one watch for it, under the old path, which must be removed
// first.
func TestMovedBeforeTold(t *testing.T) {
	needsWatchEach(t)
	f := &fakeSystem{room: 1000}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "x/sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	y := openTestDir(t, root, Options{}, f.open)
	y.must(os.Mkdir(y.disk("new"), 0o777))
	y.must(os.Rename(y.disk("x"), y.disk("new/x")))
	f.send(opCreate, y.disk("new"))
	f.send(opRename, y.disk("x"))
	if b := y.next(); !slices.Equal(b.Paths, []manifest.Path{"new", "x"}) {
		t.Errorf("%q", b.Paths)
	}
	if got, want := f.watches(root), []string{"new", "new/x", "new/x/sub"}; !slices.Equal(got, want) {
		t.Errorf("watched are %q, want %q", got, want)
	}
}

// A directory is found below its own old path.
func TestMovedBelowItself(t *testing.T) {
	needsWatchEach(t)
	f := &fakeSystem{room: 1000}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "a/b"), 0o777); err != nil {
		t.Fatal(err)
	}
	y := openTestDir(t, root, calm(), f.open)
	y.must(os.Rename(y.disk("a/b"), y.disk("c")))
	y.must(os.Mkdir(y.disk("c/b"), 0o777))
	y.must(os.Rename(y.disk("a"), y.disk("c/b/x")))
	y.must(os.Rename(y.disk("c"), y.disk("a")))
	f.send(opCreate, y.disk("a/b/x"))
	f.send(opRename, y.disk("a"))
	f.send(opCreate, y.disk("a"))
	y.until("a")
	if got, want := f.watches(root), []string{"a", "a/b", "a/b/x"}; !slices.Equal(got, want) {
		t.Errorf("watched are %q, want %q", got, want)
	}
	if s := y.w.State(); s.Polled != 0 {
		t.Errorf("%+v", s)
	}
}

// A directory is renamed soon after it was created, and there are two events of that.
func TestMadeAndMoved(t *testing.T) {
	f := &fakeSystem{room: 1000}
	y := openTestDir(t, t.TempDir(), calm(), f.open)
	y.must(os.Mkdir(y.disk("New Folder"), 0o777))
	f.send(opCreate, y.disk("New Folder"))
	for y.w.State().Watched < 2 {
		runtime.Gosched()
	}
	y.must(os.Rename(y.disk("New Folder"), y.disk("photos")))
	f.send(opRename, y.disk("New Folder"))
	f.send(opCreate, y.disk("photos"))
	f.send(opRename, y.disk("New Folder"))
	if b := y.next(); !slices.Equal(b.Paths, []manifest.Path{"photos"}) {
		t.Errorf("%q", b.Paths)
	}
}

// A scan sees a file, and the events that it appeared and vanished are handled only after the scan. It is reported.
func TestScannedBeforeTold(t *testing.T) {
	f := &fakeSystem{room: 1000, holdMarks: true}
	o := quick()
	o.lateEvent = -1
	y := openTestDir(t, t.TempDir(), o, f.open)
	y.write("seen", "by the scan")
	y.scan(manifest.Root)
	f.send(opCreate, y.disk("seen"))
	y.must(os.Remove(y.disk("seen")))
	f.send(opRemove, y.disk("seen"))
	y.waitUntilEqual()

	f.holdMarks = false
	for range 3 { // the marks of the scans so far
		f.send(opMark, "")
	}
	y.write("kept", "")
	f.send(opCreate, y.disk("unseen"))
	f.send(opRemove, y.disk("unseen"))
	f.send(opCreate, y.disk("kept"))
	if b := y.next(); !slices.Equal(b.Paths, []manifest.Path{"kept"}) {
		t.Errorf("%q", b.Paths)
	}
}

// A scan sees what was renamed to a name a moment before the system queues the event of that, which so comes behind the mark
// of the scan. It is gone again before it has settled, and is reported.
func TestScannedBeforeItsEventIsQueued(t *testing.T) {
	for _, c := range []struct {
		name string
		seen []string // files
		gone string
	}{
		{"a file", []string{"file"}, "file"},
		{"a directory", []string{"dir/a", "dir/sub/b"}, "dir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fakeSystem{room: 1000}
			y := openTestDir(t, t.TempDir(), quick(), f.open)
			for _, p := range c.seen {
				y.write(p, "renamed to here")
			}
			y.scan(manifest.Path(c.gone))
			f.send(opCreate, y.disk(c.gone))
			y.must(os.Rename(y.disk(c.gone), filepath.Join(t.TempDir(), "away")))
			f.send(opRename, y.disk(c.gone))
			f.send(opCreate, y.disk("later")) // so that something is reported in any case
			y.until("later")
			y.waitUntilEqual()
		})
	}
}

// A directory is renamed, and the event of the directory itself does not come, because it was no longer watched by then.
// Later the directory above is replaced. A rename of the same path there is another one, and is reported.
func TestRenamedAgainInAnotherDirectory(t *testing.T) {
	f := &fakeSystem{room: 1000}
	root, outside := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "a/b"), 0o777); err != nil {
		t.Fatal(err)
	}
	y := openTestDir(t, root, quick(), f.open)
	y.must(os.Rename(y.disk("a/b"), filepath.Join(outside, "b")))
	f.send(opRename, y.disk("a/b"))
	y.must(os.Remove(y.disk("a")))
	f.send(opRemove, y.disk("a"))
	y.write("a/b", "a file by now")
	f.send(opCreate, y.disk("a"))
	y.waitUntilEqual()
	y.must(os.Rename(y.disk("a/b"), filepath.Join(outside, "file")))
	f.send(opRename, y.disk("a/b"))
	y.waitUntilEqual()
}

// A watched directory is replaced in one that is polled. There is no event, because
// the system still watches the old one.
func TestReplacedUnseen(t *testing.T) {
	needsWatchEach(t)
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "d"), 0o777); err != nil {
		t.Fatal(err)
	}
	f := &fakeSystem{room: 1000, err: syscall.ENOSPC, refuse: func(disk string) bool { return disk == root }}
	y := openTestDir(t, root, quick(), f.open)
	if s := y.w.State(); s.Watched != 1 || s.Polled != 1 {
		t.Fatalf("%+v", s)
	}
	y.must(os.Mkdir(y.disk("other"), 0o777))
	y.waitUntilEqual()
	before := f.addCount()
	y.must(os.Rename(y.disk("d"), filepath.Join(t.TempDir(), "d")))
	y.must(os.Rename(y.disk("other"), y.disk("d")))
	for f.addCount() == before || !slices.Equal(f.watches(root), []string{"d"}) {
		y.next()
	}
}

// A directory is moved and another one takes its place between two polls.
func TestPolledMove(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "n5"), 0o777); err != nil {
		t.Fatal(err)
	}
	f := &fakeSystem{err: syscall.ENOSPC}
	o := quick()
	y := openTestDir(t, root, o, f.openReal)
	y.must(os.Rename(y.disk("n5"), y.disk("n3")))
	y.write("n5/f", "1")
	y.waitUntilEqual()
	for y.w.State().Polled != 3 { // the root, n3 and n5
		y.next()
	}
	y.write("n5/f", "22")
	y.waitUntilEqual()
}

// A file appears, is seen by a scan that was made for another one, and vanishes
// before the next poll.
func TestSeenBetweenPolls(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "d")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	// The clock of the bubble is not that of the disk.
	touch := func(hour int) {
		if err := os.Chtimes(dir, time.Time{}, epoch.Add(time.Duration(hour)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	touch(0)
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		f := &fakeSystem{err: syscall.ENOSPC}
		w, err := newWatcher(root, Options{}, f.open)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := os.WriteFile(filepath.Join(dir, "a"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		touch(1)
		wantBatch(t, w, begin, 10500*time.Millisecond, "d/a")
		touch(2) // as if something had appeared and vanished
		wantBatch(t, w, begin, 20500*time.Millisecond, "d")
		time.Sleep(time.Minute)
		touch(3) // there was no scan since
		time.Sleep(time.Minute)
		synctest.Wait()
		select {
		case b := <-w.Batches():
			t.Errorf("%q", b.Paths)
		default:
		}
	})
}

// A directory that was moved or made again is watched under its path before the event of the directory itself comes,
// which says that nothing is there any more. It is watched all the same, with what is below it.
func TestEventOfDirectoryItselfComesLate(t *testing.T) {
	needsWatchEach(t)
	for _, c := range []struct {
		name string
		do   func(y *testDir, f *fakeSystem)
	}{
		{"moved here", func(y *testDir, f *fakeSystem) {
			y.must(os.RemoveAll(y.disk("new")))
			f.send(opRemove, y.disk("new"))
			y.until("new")
			y.must(os.Rename(y.disk("other"), y.disk("new")))
			f.send(opRename, y.disk("other"))
			f.send(opCreate, y.disk("new"))
			y.until("new")
			f.late(opRename, y.disk("new"))
		}},
		{"away and back", func(y *testDir, f *fakeSystem) {
			y.must(os.Rename(y.disk("new"), y.disk("x")))
			y.must(os.Rename(y.disk("x"), y.disk("new")))
			f.send(opRename, y.disk("new"))
			f.send(opCreate, y.disk("x"))
			f.send(opCreate, y.disk("new"))
			y.until("new")
			f.late(opRename, y.disk("new"))
		}},
		{"replaced before it was told", func(y *testDir, f *fakeSystem) {
			y.must(os.Rename(y.disk("new"), filepath.Join(y.t.TempDir(), "new")))
			y.must(os.Rename(y.disk("other"), y.disk("new")))
			f.send(opRename, y.disk("new"))
			y.until("new")
			f.late(opRename, y.disk("new"))
			f.send(opRename, y.disk("other"))
			f.send(opCreate, y.disk("new"))
		}},
		{"before the name is told", func(y *testDir, f *fakeSystem) {
			y.must(os.Rename(y.disk("new"), filepath.Join(y.t.TempDir(), "new")))
			y.must(os.Rename(y.disk("other"), y.disk("new")))
			f.late(opRename, y.disk("new"))
			f.send(opRename, y.disk("other"))
			f.send(opCreate, y.disk("new"))
			f.late(opRename, y.disk("new"))
		}},
		{"made again", func(y *testDir, f *fakeSystem) {
			y.must(os.RemoveAll(y.disk("new")))
			f.send(opRemove, y.disk("new"))
			y.must(os.MkdirAll(y.disk("new/sub"), 0o777))
			f.send(opCreate, y.disk("new"))
			y.until("new")
			f.late(opRemove, y.disk("new"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fakeSystem{room: 1000}
			root := t.TempDir()
			for _, dir := range []string{"new/sub", "other/sub"} {
				if err := os.MkdirAll(filepath.Join(root, dir), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			o := quick()
			o.DeletionDelay = -1
			y := openTestDir(t, root, o, f.open)
			c.do(y, f)
			y.write("told", "")
			f.send(opCreate, y.disk("told"))
			y.until("told")
			if got := f.watches(root); !slices.Contains(got, "new") || !slices.Contains(got, "new/sub") {
				t.Errorf("watched are %q", got)
			}
			// What happened while nothing was watched is found.
			y.waitUntilEqual()
			// The directory is known: it is reported when it vanishes.
			y.must(os.RemoveAll(y.disk("new")))
			f.send(opRemove, y.disk("new"))
			y.waitUntilEqual()
		})
	}
}

// Windows tells a move to another directory as a removal and an addition, and nothing about
// what is in the directory. What changes in it later is reported under its new path.
func TestMovedAsRemovedAndAdded(t *testing.T) {
	f := &fakeSystem{room: 1000}
	root := t.TempDir()
	for _, dir := range []string{"a/b/c", "d"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(dir)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	y := openTestDir(t, root, quick(), f.open)
	for _, way := range [][2]string{{"a/b", "d/b"}, {"d/b", "b"}, {"b", "a/b"}} {
		y.must(os.Rename(y.disk(way[0]), y.disk(way[1])))
		f.send(opRemove, y.disk(way[0]))
		f.send(opCreate, y.disk(way[1]))
		y.until(manifest.Path(way[1]))
		file := way[1] + "/c/file"
		y.write(file, "in "+way[1])
		f.send(opWrite, y.disk(file))
		y.until(manifest.Path(file))
		y.waitUntilEqual()
		if n := y.w.State().Watched; n != 5 {
			t.Errorf("%d directories are watched after the move to %s", n, way[1])
		}
	}
}
