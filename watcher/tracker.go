package watcher

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// A tracker knows every directory below the root and has it watched, or sees
// that it is polled. It is used by one goroutine at a time.
type tracker struct {
	root   string
	ignore func(p manifest.Path, dir bool) bool
	log    *slog.Logger
	// sys is nil where the system has no notifications to give.
	sys    system
	budget int // open files that watching may take; zero: any number
	// stop is asked now and then whether to give up.
	stop func() bool

	top  *node
	byID map[identity]*node
	// How many directories there are of each kind, and how many open files the
	// watched ones take.
	watched, polled, blind, used int
	// moves are directories that were found under another path than before.
	moves []move
	// short is why a directory could not be watched for want of something that
	// the user can give.
	short error
}

type move struct{ from, to manifest.Path }

// start begins with the root, whose identity is id.
func (t *tracker) start(id identity) {
	t.top = &node{id: id}
	t.byID = make(map[identity]*node)
	t.index(t.top)
	t.cover(t.top, t.root)
	t.list(t.top, t.root, manifest.Root)
}

// adopt begins to watch the directory called name in parent, and all below it. A
// directory is watched first and then listed, so that what comes while it is
// listed is seen once or twice, but not never. It returns nil if there is no such
// directory, or none that is of interest.
func (t *tracker) adopt(parent *node, name string) *node {
	p, ok := t.wants(parent, name)
	if !ok {
		return nil
	}
	disk := parent.disk(t.root) + string(filepath.Separator) + name
	for range 3 {
		id, ok := directory(disk)
		if !ok {
			return nil
		}
		if known := parent.kids[name]; known != nil {
			if known.id == id && known.care != blind {
				return known
			}
			t.drop(known)
		}
		n := parent.grow(name, id)
		if !t.take(n, disk) {
			t.drop(n)
			return nil
		}
		if now, ok := directory(disk); ok && now == id {
			t.list(n, disk, p)
			return n
		}
		t.drop(n) // another one is there already
	}
	return nil // it changes hands too quickly; its events are still to come
}

// wants returns the path of the directory called name in parent, and whether it
// is of interest.
func (t *tracker) wants(parent *node, name string) (manifest.Path, bool) {
	dir := parent.path()
	p, err := dir.Child(name)
	return p, err == nil && !manifest.IsOwn(dir, name) && !t.ignore(p, true)
}

// take indexes and covers n. The system has one watch a directory, under the
// name by which it was first watched: what has moved here must be let go of
// under its old name, and what shows up in two places at once (a bind mount) is
// polled in the second. It returns false where n is below what it used to be:
// that is about to be known better.
func (t *tracker) take(n *node, disk string) bool {
	if twin := t.byID[n.id]; twin != nil && n.id != (identity{}) {
		switch {
		case t.stands(twin):
			t.setCare(n, polled)
			return true
		case n.below(twin):
			return false
		}
		t.moves = append(t.moves, move{twin.path(), n.path()})
		t.drop(twin)
	}
	t.index(n)
	t.cover(n, disk)
	return true
}

// stands reports whether n is still where it was.
func (t *tracker) stands(n *node) bool {
	if n.parent == nil {
		return true
	}
	id, ok := directory(n.disk(t.root))
	return ok && id == n.id
}

func (t *tracker) index(n *node) {
	if n.id != (identity{}) {
		t.byID[n.id] = n
	}
}

// cover has n watched, polled if that cannot be.
func (t *tracker) cover(n *node, disk string) {
	if t.sys == nil {
		t.setCare(n, polled)
		return
	}
	err := t.watch(n, disk)
	switch {
	case err == nil:
		t.setCare(n, watched)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrPermission):
		t.setCare(n, blind)
	default:
		if isShort(err) {
			t.short = err
		} else {
			t.log.Warn("watching a directory; it is polled", "path", n.path(), "error", err)
		}
		t.setCare(n, polled)
	}
}

// watch tells the system to watch n.
func (t *tracker) watch(n *node, disk string) error {
	if t.budget > 0 {
		names, err := countNames(disk)
		if err != nil {
			return err
		}
		if n.cost = names + 1; t.used+n.cost > t.budget {
			return syscall.EMFILE
		}
	}
	return t.sys.Add(disk)
}

// isShort reports whether err says that the system has no more watches, queues
// or open files to give.
func isShort(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

func countNames(disk string) (int, error) {
	f, err := os.Open(disk)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	return len(names), err
}

func (t *tracker) setCare(n *node, c care) {
	t.account(n, -1)
	n.care = c
	t.account(n, 1)
}

func (t *tracker) account(n *node, by int) {
	switch n.care {
	case watched:
		t.watched += by
		t.used += by * n.cost
	case polled:
		t.polled += by
	case blind:
		t.blind += by
	}
}

// list notes what is in n, and adopts the directories.
func (t *tracker) list(n *node, disk string, p manifest.Path) {
	if t.stop() {
		return
	}
	var dirs []string
	var err error
	if n.care == polled {
		dirs, err = t.snap(n, disk)
	} else {
		dirs, err = t.name(n, disk)
	}
	if err != nil {
		t.log.Debug("reading a directory", "path", p, "error", err)
		t.release(n)
		t.setCare(n, blind)
		return
	}
	for _, name := range dirs {
		t.adopt(n, name)
	}
}

func (t *tracker) snap(n *node, disk string) (dirs []string, err error) {
	all, since, err := readSeen(disk)
	if err != nil {
		return nil, err
	}
	n.was, n.since, n.names = newSnapshot(all), since, names{}
	for _, e := range all {
		if e.info.IsDir() {
			dirs = append(dirs, e.name)
		}
	}
	return dirs, nil
}

func (t *tracker) name(n *node, disk string) (dirs []string, err error) {
	f, err := os.Open(disk)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var hashes []uint64
	for {
		entries, err := f.ReadDir(4096)
		for _, e := range entries {
			hashes = append(hashes, hashName(norm.NFC.String(e.Name())))
			if e.IsDir() {
				dirs = append(dirs, e.Name())
			}
		}
		if errors.Is(err, io.EOF) {
			n.names, n.was = newNames(hashes), nil
			return dirs, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// drop forgets n and all below it.
func (t *tracker) drop(n *node) {
	for _, kid := range n.kids {
		t.drop(kid)
	}
	t.release(n)
	t.setCare(n, unknown)
	if t.byID[n.id] == n {
		delete(t.byID, n.id)
	}
	if n.parent != nil {
		delete(n.parent.kids, n.name)
	}
}

func (t *tracker) release(n *node) {
	if n.care == watched && t.sys != nil {
		_ = t.sys.Remove(n.disk(t.root)) // the system may have done so itself
	}
}

// close lets go of everything.
func (t *tracker) close() {
	if t.sys != nil {
		if err := t.sys.Close(); err != nil {
			t.log.Warn("ending notifications", "error", err)
		}
	}
	*t = tracker{root: t.root, ignore: t.ignore, log: t.log, budget: t.budget, stop: t.stop}
}
