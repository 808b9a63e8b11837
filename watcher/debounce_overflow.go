package watcher

import (
	"time"

	"ferry/manifest"
)

// loseEvents says that events were lost, so any path may have changed. If urgent is
// set, that is reported without a delay.
func (d *debouncer) loseEvents(now time.Time, urgent bool) {
	d.lastChange = now
	if d.everything == nil {
		d.everything = &entry{first: now}
	}
	d.everything.last = now
	d.urgent = d.urgent || urgent
	clear(d.pending)
	clear(d.ready)
	d.subtrees, d.firstDue, d.everythingReady, d.readyChanged = 0, time.Time{}, false, true
	d.forgetMove()
	d.next = d.everythingDueAt()
}

// compact replaces many paths in one directory by that directory. If that does not
// free enough memory it reports everything.
func (d *debouncer) compact(now time.Time) {
	paths := make([]manifest.Path, 0, len(d.pending))
	for p := range d.pending {
		paths = append(paths, p)
	}
	always := func(manifest.Path, int) bool { return true }
	for _, dir := range crowdedDirs(paths, maxInDir, always) {
		if dir == manifest.Root {
			d.loseEvents(now, false)
			return
		}
		d.mergeInto(dir, paths)
	}
	if len(d.pending) > maxPending/2 {
		d.loseEvents(now, false)
	}
}

// mergeInto merges the entries of those paths that are in dir into one entry of dir.
func (d *debouncer) mergeInto(dir manifest.Path, paths []manifest.Path) {
	e := d.pending[dir]
	for _, p := range paths {
		sub := d.pending[p]
		if sub == nil || p.Parent() != dir {
			continue
		}
		if e == nil {
			e = &entry{first: sub.first}
			d.pending[dir] = e
		}
		e.first, e.last, e.heldSince = earlier(e.first, sub.first), later(e.last, sub.last), later(e.heldSince, sub.heldSince)
		d.setSubtree(sub, false)
		delete(d.pending, p)
	}
	if e != nil && !e.gone {
		d.setSubtree(e, true)
	}
}
