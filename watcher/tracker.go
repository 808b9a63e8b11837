package watcher

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"syscall"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// A tracker knows every directory below the root and watches it, or marks it to be
// polled. It is used by one goroutine at a time.
type tracker struct {
	root   string
	ignore func(p manifest.Path, dir bool) bool
	log    *slog.Logger
	// sys is nil if the system gives no notifications.
	sys    system
	budget *budget // what all watchers together may keep open
	// stop reports whether to give up. It is called often.
	stop func() bool

	top  *node
	byID map[identity]*node
	// The number of directories by coverage, and the open files of the watched ones.
	watched, polled, unreadable, used int
	// moves are directories that were found at another path than before.
	moves []move
	// shortage is the last error because of which a directory could not be watched,
	// if the user can do something about it.
	shortage error
}

type move struct{ from, to manifest.Path }

// start adds the root, whose identity is id, and everything below it.
func (t *tracker) start(id identity) {
	t.top = &node{id: id}
	t.byID = make(map[identity]*node)
	t.index(t.top)
	t.cover(t.top, t.root)
	t.list(t.top, t.root, manifest.Root)
}

// add starts to watch the directory called name in parent, and everything below it. A
// directory is watched before it is listed, so that what appears meanwhile is seen at
// least once. add returns nil if there is no such directory or if it is ignored.
func (t *tracker) add(parent *node, name string) *node {
	p, ok := t.accepts(parent, name)
	if !ok {
		return nil
	}
	disk := parent.disk(t.root) + string(filepath.Separator) + name
	for range 3 {
		id, ok := directory(disk)
		if !ok {
			return nil
		}
		if known := parent.children[name]; known != nil {
			if known.id == id && known.coverage != unreadable {
				return known
			}
			t.drop(known)
		}
		n := parent.addChild(name, id)
		if !t.register(n, disk) {
			t.drop(n)
			return nil
		}
		if now, ok := directory(disk); ok && now == id {
			t.list(n, disk, p)
			return n
		}
		t.drop(n) // it was replaced meanwhile
	}
	return nil // it is replaced all the time; more events will come
}

// accepts returns the path of the directory called name in parent, and whether it is
// to be watched.
func (t *tracker) accepts(parent *node, name string) (manifest.Path, bool) {
	dir := parent.path()
	p, err := dir.Child(name)
	return p, err == nil && !manifest.IsOwn(dir, name) && !t.ignore(p, true)
}

// register indexes and covers n. The system keeps one watch for each directory, under
// the path by which it was first watched. So a directory that was moved here is first
// dropped under its old path, and one that is in two places at once (a bind mount) is
// polled in the second. register returns false if n is below its own old path: then
// events are still to come that will sort that out.
func (t *tracker) register(n *node, disk string) bool {
	if twin := t.byID[n.id]; twin != nil && n.id != (identity{}) {
		switch {
		case t.stillThere(twin):
			t.setCoverage(n, polled)
			return true
		case n.isBelow(twin):
			return false
		}
		t.moves = append(t.moves, move{twin.path(), n.path()})
		t.drop(twin)
	}
	t.index(n)
	t.cover(n, disk)
	return true
}

// stillThere reports whether n is still where it was.
func (t *tracker) stillThere(n *node) bool {
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

// cover watches n, or marks it to be polled if that is not possible.
func (t *tracker) cover(n *node, disk string) {
	if t.sys == nil {
		t.setCoverage(n, polled)
		return
	}
	err := t.watch(n, disk)
	switch {
	case err == nil:
		t.setCoverage(n, watched)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrPermission):
		t.setCoverage(n, unreadable)
	default:
		if isShortage(err) {
			t.shortage = err
		} else {
			t.log.Warn("cannot watch a directory; it is polled", "path", n.path(), "error", err)
		}
		t.setCoverage(n, polled)
	}
}

// watch asks the system to watch n.
func (t *tracker) watch(n *node, disk string) error {
	if t.budget == nil {
		return t.sys.Add(disk)
	}
	names, err := countNames(disk)
	if err != nil {
		return err
	}
	n.cost = names + 1
	if !t.budget.take(n.cost) {
		return syscall.EMFILE
	}
	if err := t.sys.Add(disk); err != nil {
		t.budget.give(n.cost)
		return err
	}
	return nil
}

// isShortage reports whether err says that the system has run out of watches, queues
// or open files.
func isShortage(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

func countNames(disk string) (int, error) {
	f, err := openDir(disk)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	return len(names), err
}

func (t *tracker) setCoverage(n *node, c coverage) {
	t.account(n, -1)
	n.coverage = c
	t.account(n, 1)
}

func (t *tracker) account(n *node, by int) {
	switch n.coverage {
	case watched:
		t.watched += by
		t.used += by * n.cost
		if by < 0 {
			t.budget.give(n.cost) // it was taken by watch
		}
	case polled:
		t.polled += by
	case unreadable:
		t.unreadable += by
	}
}

// list reads what is in n, and adds its directories.
func (t *tracker) list(n *node, disk string, p manifest.Path) {
	if t.stop() {
		return
	}
	var dirs []string
	var err error
	if n.coverage == polled {
		dirs, err = t.readSnapshot(n, disk)
	} else {
		dirs, err = t.readNames(n, disk)
	}
	if err != nil {
		t.log.Debug("reading a directory", "path", p, "error", err)
		t.unwatch(n)
		t.setCoverage(n, unreadable)
		return
	}
	for _, name := range dirs {
		t.add(n, name)
	}
}

func (t *tracker) readSnapshot(n *node, disk string) (dirs []string, err error) {
	all, since, err := readDir(disk)
	if err != nil {
		return nil, err
	}
	n.snapshot, n.mtime, n.names = newSnapshot(all), since, names{}
	for _, e := range all {
		if e.info.IsDir() {
			dirs = append(dirs, e.name)
		}
	}
	return dirs, nil
}

func (t *tracker) readNames(n *node, disk string) (dirs []string, err error) {
	f, err := openDir(disk)
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
			n.names, n.snapshot = newNames(hashes), nil
			return dirs, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// drop forgets n and everything below it.
func (t *tracker) drop(n *node) {
	for _, kid := range n.children {
		t.drop(kid)
	}
	t.unwatch(n)
	t.setCoverage(n, notCovered)
	if t.byID[n.id] == n {
		delete(t.byID, n.id)
	}
	if n.parent != nil {
		delete(n.parent.children, n.name)
	}
}

func (t *tracker) unwatch(n *node) {
	if n.coverage == watched && t.sys != nil {
		_ = t.sys.Remove(n.disk(t.root)) // the system may have done so itself
	}
}

// close stops watching and forgets all directories.
func (t *tracker) close() {
	if t.sys != nil {
		if err := t.sys.Close(); err != nil {
			t.log.Warn("closing the notifications", "error", err)
		}
	}
	t.budget.give(t.used)
	*t = tracker{root: t.root, ignore: t.ignore, log: t.log, budget: t.budget, stop: t.stop}
}
