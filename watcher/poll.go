package watcher

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/text/unicode/norm"
)

// warm is how long a directory in which something changed is looked at closely
// each time: who writes into files seldom does so once.
const warm = 10 * time.Minute

// poll looks at every directory that is not watched, and has it watched if that
// is possible by now. A close look reads them all, with every file in them. Others
// read those in which names came or went, or in which something changed of late:
// that costs one question a directory.
func (w *Watcher) poll(closely bool) {
	t := w.tracker
	if t.top == nil || t.polled+t.blind == 0 {
		return
	}
	w.reopen()
	var some []*node
	t.top.each(func(n *node) {
		if n.care == polled || n.care == blind {
			some = append(some, n)
		}
	})
	full := t.sys == nil
	w.mu.Lock()
	looked := w.g.takeLooked()
	w.mu.Unlock()
	for _, n := range some {
		switch {
		case w.stopped():
			return
		case n.care == polled && !closely && (full || t.twin(n)) && t.still(n):
		case n.care == polled:
			full = w.pollOne(n, full, looked)
		case n.care == blind && n.parent != nil:
			w.regain(n)
		}
	}
}

// reopen asks the system once more for notifications if it had none to give.
func (w *Watcher) reopen() {
	if w.tracker.sys != nil {
		return
	}
	if sys, err := w.open(w.queue, w.o.Log); err == nil {
		w.tracker.sys = sys
	}
}

// pollOne polls n, and has it watched unless full says that there are no watches
// to be had. It returns whether that is so now. looked says that somebody may
// have looked at n since it was last polled.
func (w *Watcher) pollOne(n *node, full, looked bool) bool {
	t := w.tracker
	disk := n.disk(t.root)
	promoted := false
	if !full {
		promoted, full = t.promote(n, disk)
	}
	all, since, err := readSeen(disk)
	switch {
	case errors.Is(err, fs.ErrNotExist) && n.parent != nil:
		w.went(n.parent, n.name, false)
		return full
	case err != nil:
		t.release(n)
		t.setCare(n, blind)
		return full
	}
	was := n.was
	if looked && (n.since == 0 || n.since != since) {
		// Something may have come, been seen, and gone.
		w.hint(n.path(), touched)
	}
	n.since = since
	if promoted {
		t.rename(n, all)
	} else {
		n.was = newSnapshot(all)
	}
	was.differ(all,
		func(name string) { n.warmUp(); w.went(n, name, false) },
		func(e seen, before bool) { n.warmUp(); w.changed(n, e, before) })
	w.strangers(n, all)
	return full
}

// still reports whether no name came or went in n since it was last read, and
// nothing changed there of late.
func (t *tracker) still(n *node) bool {
	if n.since == 0 || time.Now().Unix() < n.warm {
		return false
	}
	info, err := os.Lstat(n.disk(t.root))
	if err == nil && n.parent == nil { // the root may be a link
		info, err = os.Stat(t.root)
	}
	return err == nil && info.IsDir() && identify(info) == n.id && info.ModTime().UnixNano() == n.since
}

// twin reports whether the system watches n under another path, and so cannot
// under this one.
func (t *tracker) twin(n *node) bool {
	twin := t.byID[n.id]
	return twin != nil && twin != n
}

// promote has a polled directory watched.
func (t *tracker) promote(n *node, disk string) (promoted, full bool) {
	if t.twin(n) {
		return false, false
	}
	if err := t.watch(n, disk); err != nil {
		return false, isShort(err)
	}
	t.index(n)
	t.setCare(n, watched)
	return true, false
}

func (t *tracker) rename(n *node, all []seen) {
	hashes := make([]uint64, 0, len(all))
	for _, e := range all {
		hashes = append(hashes, hashName(norm.NFC.String(e.name)))
	}
	n.names, n.was = newNames(hashes), nil
}

func (w *Watcher) changed(n *node, e seen, before bool) {
	switch {
	case !before || e.info.IsDir() != (n.kids[e.name] != nil):
		w.came(n, e.name, false)
	case e.info.IsDir():
		w.touched(n, e.name, opChmod)
	default:
		w.touched(n, e.name, opWrite)
	}
}

// strangers finds directories that took the place of others of the same name.
func (w *Watcher) strangers(n *node, all []seen) {
	for _, e := range all {
		if !e.info.IsDir() {
			continue
		}
		if kid := n.kids[e.name]; kid != nil && kid.id == identify(e.info) {
			continue
		}
		if _, ok := w.tracker.wants(n, e.name); ok {
			w.came(n, e.name, false)
		}
	}
}

// regain tries again to read a directory that could not be read.
func (w *Watcher) regain(n *node) {
	parent := n.parent
	if now := w.tracker.adopt(parent, n.name); now != nil && now.care != blind {
		w.hint(now.path(), tree)
		w.tellMoves()
	}
}
