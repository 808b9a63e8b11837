package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// handle turns one event of the system into changes.
func (w *Watcher) handle(e event) {
	if e.op == opMark {
		w.passMark()
		return
	}
	if e.disk == w.root {
		w.nextRootCheck = time.Time{} // check at once what happened to it
		return
	}
	n, name := w.locate(e.disk)
	if n == nil {
		return // in a directory that has vanished itself, which has an event of its own
	}
	switch e.op {
	case opCreate:
		if w.selfMoved == (dirName{n, name}) {
			w.selfMoved = dirName{}
		}
		w.appeared(n, name, true)
	case opRemove:
		w.vanished(n, name, false)
	case opRename:
		w.renamed(n, name)
	default:
		w.modified(n, name, e.op)
	}
}

// passMark handles a mark: what happened before the end of a scan was handled.
func (w *Watcher) passMark() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.debouncer.marks--
}

// locate returns the directory of a path on disk, nil if it is not known, and the
// name in it.
func (w *Watcher) locate(disk string) (*node, string) {
	rest, ok := strings.CutPrefix(disk, w.root)
	if !ok || w.tracker.top == nil {
		return nil, ""
	}
	names := strings.Split(strings.TrimLeft(filepath.ToSlash(rest), "/"), "/")
	last := len(names) - 1
	return w.tracker.top.find(names[:last]), names[last]
}

// renamed handles that name, in n, was renamed to something else. For a directory
// there are two such events: one for its entry in the directory above, then one for
// itself, unless its watch was removed before. So the next event of that name is the
// second one only if the name did not appear again and n is still the same directory.
func (w *Watcher) renamed(n *node, name string) {
	it := dirName{n, name}
	if w.selfMoved == it && n.children[name] == nil {
		w.selfMoved = dirName{}
		return
	}
	if n.coverage == watched && n.children[name] != nil {
		w.selfMoved = it
	}
	w.vanished(n, name, true)
}

// appeared handles that name appeared in n. sure says that it did so just now, and
// not at some time since the last poll.
func (w *Watcher) appeared(n *node, name string, sure bool) {
	p, ok := w.pathOf(n, name)
	if !ok {
		return
	}
	c := modified
	if sure {
		c = appeared
		wasWatched := n.coverage == watched
		if w.addName(n, p) && wasWatched && p.Base() == name {
			c |= created
		}
	}
	_, isDir := directory(w.disk(n, name))
	if w.options.Ignore(p, isDir) {
		w.forgetMove()
		return
	}
	if isDir {
		w.tracker.add(n, name)
		c |= subtree
	} else if kid := n.children[name]; kid != nil {
		w.tracker.drop(kid)
	}
	w.addChange(p, c)
	w.reportMoves()
}

// reportMoves records the moves of directories that were found at their new path
// before the event of the move came.
func (w *Watcher) reportMoves() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.tracker.moves {
		w.debouncer.recordMove(m.from, m.to, time.Now())
	}
	w.tracker.moves = nil
}

// vanished handles that name is not in n any more. renamed says that it has another
// name now.
func (w *Watcher) vanished(n *node, name string, renamed bool) {
	p, ok := w.pathOf(n, name)
	if !ok {
		return
	}
	kid := n.children[name]
	if kid != nil && w.isThere(kid) {
		w.watchAgain(kid)
		return
	}
	if p.Base() == name && n.names.remove(hashName(name)) {
		w.tracker.shrink(n)
	}
	if kid != nil {
		w.tracker.drop(kid)
	} else if w.options.Ignore(p, false) {
		w.forgetMove()
		return
	}
	c := vanished
	if renamed {
		c |= movedAway
	}
	w.addChange(p, c)
}

// isThere reports whether there is a directory at the path of n, perhaps another one.
func (w *Watcher) isThere(n *node) bool {
	_, ok := directory(n.disk(w.root))
	return ok
}

// watchAgain handles that n is said to have vanished, and a directory is there. Either
// one took its place, or the event is about an earlier time: the event of a directory
// itself comes after those of its name, so it can come when the directory is watched
// under its new name already. It names that one then, and the system has stopped
// watching. So n is watched and listed anew, and anything in it may have changed.
func (w *Watcher) watchAgain(n *node) {
	parent, name := n.parent, n.name
	w.tracker.drop(n)
	w.forgetMove()
	w.appeared(parent, name, false)
}

// modified handles that name, in n, was written to or got another mode or time.
func (w *Watcher) modified(n *node, name string, what op) {
	p, err := n.path().Child(name)
	if err != nil || manifest.IsOwn(p.Parent(), name) {
		return // names that cannot be kept are handled when they appear or vanish
	}
	if kid := n.children[name]; kid != nil {
		w.modifiedDir(n, kid, p, what)
		return
	}
	if w.options.Ignore(p, false) {
		return
	}
	if w.options.Ignore(p, true) {
		if _, isDir := directory(w.disk(n, name)); isDir {
			return
		}
	}
	if n.coverage == watched && !n.names.has(hashName(p.Base())) {
		if _, err := os.Lstat(w.disk(n, name)); err != nil {
			return // an open file that was unlinked can still be written to
		}
		w.addName(n, p)
	}
	w.addChange(p, modified)
}

// addName adds the name of p to those of n, and reports whether it is new. If the budget has
// no open file for it, n is polled from now on. What happened in n since the last event is
// not told then, so n has changed itself.
func (w *Watcher) addName(n *node, p manifest.Path) bool {
	isNew := n.names.add(hashName(p.Base()))
	if isNew && !w.tracker.grow(n) {
		w.addChange(n.path(), modified)
	}
	return isNew
}

// modifiedDir handles a change of the mode of a directory. A write to a directory
// only means that something in it changed, which has an event of its own.
func (w *Watcher) modifiedDir(parent, n *node, p manifest.Path, what op) {
	switch {
	case n.coverage == unreadable:
		w.retryUnreadable(n)
	case what == opChmod:
		w.addChange(p, modified)
	}
}

// pathOf returns the path of name in n. For a name that cannot be part of a path it
// reports a change of the directory, and for ferry's own files nothing.
func (w *Watcher) pathOf(n *node, name string) (manifest.Path, bool) {
	dir := n.path()
	p, err := dir.Child(name)
	if err != nil {
		w.addChange(dir, modified)
		return "", false
	}
	if manifest.IsOwn(dir, name) {
		w.forgetMove()
		return "", false
	}
	return p, true
}

func (w *Watcher) disk(n *node, name string) string {
	return n.disk(w.root) + string(filepath.Separator) + name
}

// addChange gives a change to the debouncer.
func (w *Watcher) addChange(p manifest.Path, c change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.debouncer.add(p, c, time.Now())
}

// forgetMove says that what appears next is not what was renamed away last.
func (w *Watcher) forgetMove() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.debouncer.forgetMove()
}

// growing reports whether a file changed within the debounce time. A time in the
// future, which is from another clock, does not count.
func (w *Watcher) growing(p manifest.Path, now time.Time) bool {
	info, err := os.Lstat(filepath.Join(w.root, filepath.FromSlash(string(p))))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	age := now.Sub(info.ModTime())
	return -w.options.Debounce < age && age < w.options.Debounce
}

// isSmall reports whether there are at most that many directories in dir, itself
// included.
func (w *Watcher) isSmall(dir manifest.Path, most int) bool {
	n := w.tracker.top
	if n != nil && dir != manifest.Root {
		n = n.find(strings.Split(string(norm.NFC.String(string(dir))), "/"))
	}
	return n != nil && n.atMost(most)
}
