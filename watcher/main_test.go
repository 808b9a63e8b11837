package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
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

// quick are options that come to rest soon.
func quick() Options {
	return Options{Settle: 50 * time.Millisecond, Hold: 250 * time.Millisecond, Poll: 100 * time.Millisecond}
}

// calm are options that give a test the time to do several things before any of
// them has come to rest, on a slow machine too.
func calm() Options {
	return Options{Settle: 500 * time.Millisecond, Hold: -1}
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// A yard is a watched directory, and a mirror of it that knows only of what
// batches made it look at.
type yard struct {
	t       *testing.T
	root    string
	w       *Watcher
	o       Options
	mirror  map[manifest.Path]string
	batches []Batch
}

func newYard(t *testing.T, o Options) *yard {
	t.Helper()
	return openYard(t, t.TempDir(), o, notify)
}

func openYard(t *testing.T, root string, o Options, open func(*queue, *slog.Logger) (system, error)) *yard {
	t.Helper()
	w, err := newWatcher(root, o, open)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	y := &yard{t: t, root: root, w: w, o: o.filled(), mirror: map[manifest.Path]string{}}
	y.look(manifest.Root)
	return y
}

// look makes the mirror equal to the disk at p and below.
func (y *yard) look(p manifest.Path) {
	defer y.w.Look()()
	for known := range y.mirror {
		if known.Within(p) {
			delete(y.mirror, known)
		}
	}
	see(y.root, p, y.o.Ignore, y.mirror)
}

// see puts what is on disk at p and below into what.
func see(root string, p manifest.Path, ignore func(manifest.Path, bool) bool, what map[manifest.Path]string) {
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target
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
		what[at] = text
		return nil
	})
}

// take looks where a batch says.
func (y *yard) take(b Batch) {
	y.batches = append(y.batches, b)
	if b.Everything {
		y.look(manifest.Root)
	}
	for _, p := range b.Paths {
		y.look(p)
	}
}

// next waits for a batch, and looks where it says.
func (y *yard) next() Batch {
	y.t.Helper()
	select {
	case b := <-y.w.Batches():
		y.take(b)
		return b
	case <-time.After(patience):
		y.t.Fatalf("no batch came; %+v", y.w.State())
		return Batch{}
	}
}

// until takes batches until one holds p.
func (y *yard) until(p manifest.Path) {
	y.t.Helper()
	for !holds(y.next(), p) {
	}
}

func holds(b Batch, p manifest.Path) bool {
	return b.Everything || slices.ContainsFunc(b.Paths, p.Within)
}

// wrong is where the mirror is not what is on disk.
func (y *yard) wrong() (wrong []string) {
	disk := map[manifest.Path]string{}
	see(y.root, manifest.Root, y.o.Ignore, disk)
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

// settle takes batches until the mirror is what is on disk.
func (y *yard) settle() {
	y.t.Helper()
	end := time.After(patience)
	for {
		wrong := y.wrong()
		if len(wrong) == 0 {
			return
		}
		select {
		case b := <-y.w.Batches():
			y.take(b)
		case <-end:
			y.t.Fatalf("changes that were never reported: %d, %q; %+v", len(wrong), wrong[:min(len(wrong), 10)], y.w.State())
		}
	}
}

// rest takes batches until nothing is left to report.
func (y *yard) rest() {
	y.t.Helper()
	y.write("sentinel", fmt.Sprint(len(y.batches)))
	y.until("sentinel")
	for y.w.State().Waiting > 0 {
		select {
		case b := <-y.w.Batches():
			y.batches = append(y.batches, b)
		case <-time.After(y.o.Settle):
		}
	}
	y.look(manifest.Root)
	y.batches = nil
}

// told are all paths of the batches so far.
func (y *yard) told() (all []manifest.Path) {
	for _, b := range y.batches {
		if b.Everything {
			all = append(all, "*")
		}
		all = append(all, b.Paths...)
	}
	return all
}

func (y *yard) disk(p string) string { return filepath.Join(y.root, filepath.FromSlash(p)) }

func (y *yard) write(p, content string) {
	y.t.Helper()
	y.must(os.MkdirAll(filepath.Dir(y.disk(p)), 0o777))
	y.must(os.WriteFile(y.disk(p), []byte(content), 0o666))
}

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

// A fake is a system that tells what a test says, or what the real one says, and
// that runs out of watches.
type fake struct {
	mu    sync.Mutex
	q     *queue
	real  system // may be nil
	room  int    // how many watches it has
	err   error  // what it says when there are no more
	added map[string]bool
	adds  int // how many it gave so far
	// refuse says for which directories it has none in any case; may be nil.
	refuse func(disk string) bool
}

var errNotAdded = errors.New("not added")

func (f *fake) open(q *queue, log *slog.Logger) (system, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q, f.added = q, map[string]bool{}
	return f, nil
}

func (f *fake) openReal(q *queue, log *slog.Logger) (system, error) {
	s, err := notify(q, log)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q, f.added, f.real = q, map[string]bool{}, s
	return f, nil
}

func (f *fake) Add(disk string) error {
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

func (f *fake) Remove(disk string) error {
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

func (f *fake) Close() error {
	if f.real != nil {
		return f.real.Close()
	}
	return nil
}

func (f *fake) grant(room int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = room
}

func (f *fake) say(o op, disk string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q.put(event{disk, o})
}

// asked is how many watches it gave so far.
func (f *fake) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.adds
}

// watches are the directories below root that are watched, sorted.
func (f *fake) watches(root string) (all []string) {
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

func (f *fake) overflow() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.q.lose()
}
