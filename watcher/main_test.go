package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick returns options with short delays.
func quick() Options {
	return Options{Debounce: 50 * time.Millisecond, DeletionDelay: 250 * time.Millisecond, Poll: 100 * time.Millisecond}
}

// calm returns options with which a test can do several things before the first of
// them has settled, even on a slow machine, and what appears after a scan counts as new
// at once.
func calm() Options {
	return Options{Debounce: 500 * time.Millisecond, DeletionDelay: -1, lateEvent: -1}
}

// patience is how long a test waits for something that must happen.
const patience = 2 * time.Minute

// A testDir is a watched directory and a mirror of it. The mirror is updated only
// where batches say.
type testDir struct {
	t       *testing.T
	root    string
	w       *Watcher
	o       Options
	mirror  map[manifest.Path]string
	batches []Batch
}

func newTestDir(t *testing.T, o Options) *testDir {
	t.Helper()
	return openTestDir(t, t.TempDir(), o, openSystem)
}

func openTestDir(t *testing.T, root string, o Options, open func(string, *queue, *slog.Logger) (system, error)) *testDir {
	t.Helper()
	w, err := newWatcher(root, o, open)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	y := &testDir{t: t, root: root, w: w, o: o.filled(), mirror: map[manifest.Path]string{}}
	y.scan(manifest.Root)
	return y
}

// scan updates the mirror at p and below.
func (y *testDir) scan(p manifest.Path) {
	defer y.w.BeginScan()()
	for known := range y.mirror {
		if known.Within(p) {
			delete(y.mirror, known)
		}
	}
	readTree(y.root, p, y.o.Ignore, y.mirror)
}

// readTree adds what is on disk at p and below to tree. A path behind a symbolic link is
// not on disk: what is there is in another tree, which nobody watches.
func readTree(root string, p manifest.Path, ignore func(manifest.Path, bool) bool, tree map[manifest.Path]string) {
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target
	}
	for dir := range p.Ancestors {
		if info, err := os.Lstat(filepath.Join(root, string(dir))); err != nil || !info.IsDir() {
			return
		}
	}
	_ = filepath.WalkDir(filepath.Join(root, string(p)), func(disk string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		rel, err := filepath.Rel(root, disk)
		if err != nil || rel == "." {
			return nil
		}
		at, err := manifest.ParsePath(norm.NFC.String(filepath.ToSlash(rel)))
		if err != nil || manifest.IsOwn(at.Parent(), at.Base()) || ignore(at, d.IsDir()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		text := info.Mode().Type().String()
		if info.Mode().IsRegular() {
			text += fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())
		}
		tree[at] = text
		return nil
	})
}

// follow scans where a batch says.
func (y *testDir) follow(b Batch) {
	y.batches = append(y.batches, b)
	if b.Everything {
		y.scan(manifest.Root)
	}
	for _, p := range b.Paths {
		y.scan(p)
	}
}

// next waits for a batch, and scans where it says.
func (y *testDir) next() Batch {
	y.t.Helper()
	select {
	case b := <-y.w.Batches():
		y.follow(b)
		return b
	case <-time.After(patience):
		y.t.Fatalf("no batch came; %+v", y.w.State())
		return Batch{}
	}
}

// until follows batches until one holds p.
func (y *testDir) until(p manifest.Path) {
	y.t.Helper()
	for !holds(y.next(), p) {
	}
}

func holds(b Batch, p manifest.Path) bool {
	return b.Everything || slices.ContainsFunc(b.Paths, p.Within)
}

// differences returns where the mirror differs from the disk.
func (y *testDir) differences() (wrong []string) {
	disk := map[manifest.Path]string{}
	readTree(y.root, manifest.Root, y.o.Ignore, disk)
	for p, is := range disk {
		if y.mirror[p] != is {
			wrong = append(wrong, fmt.Sprintf("%s: %q on disk, %q known", p, is, y.mirror[p]))
		}
	}
	for p, was := range y.mirror {
		if _, ok := disk[p]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: not on disk, %q known", p, was))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// waitUntilEqual follows batches until the mirror is equal to the disk.
func (y *testDir) waitUntilEqual() {
	y.t.Helper()
	end := time.After(patience)
	for {
		wrong := y.differences()
		if len(wrong) == 0 {
			return
		}
		select {
		case b := <-y.w.Batches():
			y.follow(b)
		case <-end:
			y.t.Fatalf("%d changes were not reported: %q; %+v", len(wrong), wrong[:min(len(wrong), 10)], y.w.State())
		}
	}
}

// waitUntilQuiet follows batches until there are no more.
func (y *testDir) waitUntilQuiet() {
	y.t.Helper()
	y.write("sentinel", fmt.Sprint(len(y.batches)))
	y.until("sentinel")
	for y.w.State().Waiting > 0 {
		select {
		case b := <-y.w.Batches():
			y.batches = append(y.batches, b)
		case <-time.After(y.o.Debounce):
		}
	}
	y.scan(manifest.Root)
	y.batches = nil
}

// reported returns all paths of the batches so far.
func (y *testDir) reported() (all []manifest.Path) {
	for _, b := range y.batches {
		if b.Everything {
			all = append(all, "*")
		}
		all = append(all, b.Paths...)
	}
	return all
}

func (y *testDir) disk(p string) string { return filepath.Join(y.root, filepath.FromSlash(p)) }

func (y *testDir) write(p, content string) {
	y.t.Helper()
	y.must(os.MkdirAll(filepath.Dir(y.disk(p)), 0o777))
	y.must(os.WriteFile(y.disk(p), []byte(content), 0o666))
}

func (y *testDir) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

// needsWatchEach skips a test of a system that watches each directory.
func needsWatchEach(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("here one watch does for the whole tree, and directories need no identities")
	}
}

// A fakeSystem reports the events of a test, or those of the real system, and can run
// out of watches.
type fakeSystem struct {
	mu    sync.Mutex
	q     *queue
	real  system // may be nil
	room  int    // how many watches there are
	err   error  // the error when there are no more
	added map[string]bool
	adds  int // number of watches added so far
	// refuse says which directories cannot be watched in any case; may be nil.
	refuse func(disk string) bool
	// holdMarks keeps marks back until the test sends them.
	holdMarks bool
}

var errNotAdded = errors.New("not added")

func (f *fakeSystem) open(_ string, q *queue, log *slog.Logger) (system, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q, f.added = q, map[string]bool{}
	return f, nil
}

func (f *fakeSystem) openReal(root string, q *queue, log *slog.Logger) (system, error) {
	s, err := openSystem(root, q, log)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q, f.added, f.real = q, map[string]bool{}, s
	return f, nil
}

func (f *fakeSystem) Add(disk string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.added) >= f.room || f.refuse != nil && f.refuse(disk) {
		return f.err
	}
	f.added[disk] = true
	f.adds++
	if f.real != nil {
		return f.real.Add(disk)
	}
	return nil
}

func (f *fakeSystem) Remove(disk string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.added[disk] {
		return errNotAdded
	}
	delete(f.added, disk)
	if f.real != nil {
		return f.real.Remove(disk)
	}
	return nil
}

// Mark sends the mark at once, unless the test does that.
func (f *fakeSystem) Mark() {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.real != nil:
		f.real.Mark()
	case !f.holdMarks:
		f.q.put(event{op: opMark})
	}
}

func (f *fakeSystem) Close() error {
	if f.real != nil {
		return f.real.Close()
	}
	return nil
}

func (f *fakeSystem) setRoom(room int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = room
}

func (f *fakeSystem) send(o op, disk string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q.put(event{disk, o})
}

// late sends an event of the directory disk itself that comes too late: the system names
// it as it is watched by now, and has stopped watching it.
func (f *fakeSystem) late(o op, disk string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.added, disk)
	f.q.put(event{disk, o})
}

// addCount returns how many watches were added so far.
func (f *fakeSystem) addCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.adds
}

// watches returns the watched directories below root, sorted.
func (f *fakeSystem) watches(root string) (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for disk := range f.added {
		if disk != root {
			all = append(all, strings.TrimPrefix(disk, root+"/"))
		}
	}
	slices.Sort(all)
	return all
}

func (f *fakeSystem) overflow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q.setLost()
}
