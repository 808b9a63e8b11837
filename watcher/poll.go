package watcher

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/text/unicode/norm"
)

// recentFor is how long a directory in which something changed is read by each poll:
// files that were written to once are likely to be written to again.
const recentFor = 10 * time.Minute

// poll checks every directory that is not watched, and watches it if that is possible
// by now. A full poll reads all of them. Other polls read only those in which a name
// appeared or vanished, or something changed recently; for the rest they make one
// system call.
func (w *Watcher) poll(fullPoll bool) {
	t := w.tracker
	if t.top == nil || t.polled+t.unreadable == 0 {
		return
	}
	w.reopenSystem()
	var some []*node
	t.top.each(func(n *node) {
		if n.coverage == polled || n.coverage == unreadable {
			some = append(some, n)
		}
	})
	noRoom := t.sys == nil
	w.mu.Lock()
	scanned := w.debouncer.takeScanned()
	w.mu.Unlock()
	for _, n := range some {
		switch {
		case w.stopped():
			return
		case n.coverage == polled && !fullPoll && (noRoom || t.hasTwin(n)) && t.unchanged(n):
		case n.coverage == polled:
			noRoom = w.pollDir(n, noRoom, scanned)
		case n.coverage == unreadable && n.parent != nil:
			w.retryUnreadable(n)
		}
	}
}

// reopenSystem tries again to get notifications from the system.
func (w *Watcher) reopenSystem() {
	if w.tracker.sys != nil {
		return
	}
	if sys, err := w.openSystem(w.root, w.queue, w.options.Log); err == nil {
		w.tracker.sys = sys
		w.setMarker(sys)
	}
}

// pollDir reads n, and watches it unless noRoom says that the system has no more
// watches. It returns whether that is so now. scanned says that n may have been
// scanned since the last poll.
func (w *Watcher) pollDir(n *node, noRoom, scanned bool) bool {
	t := w.tracker
	disk := n.disk(t.root)
	promoted := false
	if !noRoom {
		promoted, noRoom = t.promote(n, disk)
	}
	all, since, err := readDir(disk)
	switch {
	case errors.Is(err, fs.ErrNotExist) && n.parent != nil:
		w.vanished(n.parent, n.name, false)
		return noRoom
	case err != nil:
		t.unwatch(n)
		t.setCoverage(n, unreadable)
		return noRoom
	}
	before := n.snapshot
	if scanned && (n.mtime == 0 || n.mtime != since) {
		// Something may have appeared, been scanned, and vanished.
		w.addChange(n.path(), modified)
	}
	n.mtime = since
	if promoted {
		t.setNames(n, all)
	} else {
		n.snapshot = newSnapshot(all)
	}
	before.diff(all,
		func(name string) { n.markRecent(); w.vanished(n, name, false) },
		func(e dirEntry, before bool) { n.markRecent(); w.changed(n, e, before) })
	w.findReplaced(n, all)
	return noRoom
}

// unchanged reports whether no name appeared or vanished in n since it was last read,
// and nothing changed there recently.
func (t *tracker) unchanged(n *node) bool {
	if n.mtime == 0 || time.Now().Unix() < n.recentUntil {
		return false
	}
	info, err := os.Lstat(n.disk(t.root))
	if err == nil && n.parent == nil { // the root may be a link
		info, err = os.Stat(t.root)
	}
	if err != nil || !info.IsDir() {
		return false
	}
	same := n.parent == nil || identify(info) == n.id // checkRoot compares the root
	return same && info.ModTime().UnixNano() == n.mtime
}

// hasTwin reports whether the system watches the same directory under another path,
// so that it cannot be watched under this one.
func (t *tracker) hasTwin(n *node) bool {
	twin := t.byID[n.id]
	return twin != nil && twin != n
}

// promote watches a directory that was polled so far, if possible.
func (t *tracker) promote(n *node, disk string) (promoted, noRoom bool) {
	if t.hasTwin(n) {
		return false, false
	}
	if err := t.watch(n, disk); err != nil {
		return false, isShortage(err)
	}
	t.index(n)
	t.setCoverage(n, watched)
	return true, false
}

func (t *tracker) setNames(n *node, all []dirEntry) {
	hashes := make([]uint64, 0, len(all))
	for _, e := range all {
		hashes = append(hashes, hashName(norm.NFC.String(e.name)))
	}
	n.names, n.snapshot = newNames(hashes), nil
}

func (w *Watcher) changed(n *node, e dirEntry, before bool) {
	switch {
	case !before || e.info.IsDir() != (n.children[e.name] != nil):
		w.appeared(n, e.name, false)
	case e.info.IsDir():
		w.modified(n, e.name, opChmod)
	default:
		w.modified(n, e.name, opWrite)
	}
}

// findReplaced finds directories that took the place of others with the same name.
func (w *Watcher) findReplaced(n *node, all []dirEntry) {
	for _, e := range all {
		if !e.info.IsDir() {
			continue
		}
		if kid := n.children[e.name]; kid != nil && kid.id == identify(e.info) {
			continue
		}
		if _, ok := w.tracker.accepts(n, e.name); ok {
			w.appeared(n, e.name, false)
		}
	}
}

// retryUnreadable tries again to read a directory.
func (w *Watcher) retryUnreadable(n *node) {
	parent := n.parent
	if now := w.tracker.add(parent, n.name); now != nil && now.coverage != unreadable {
		w.addChange(now.path(), subtree)
		w.reportMoves()
	}
}
