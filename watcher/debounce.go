package watcher

import (
	"time"

	"ferry/manifest"
)

// A change is what an event seems to say about a path. It decides how long the path
// is delayed, and nothing else. A change is a set of the flags below.
type change uint8

const (
	// modified: something is there, and it changed.
	modified change = 0
	// appeared: the name appeared.
	appeared change = 1 << (iota - 1)
	// created: the name appeared, and was not there before.
	created
	// subtree: it is a directory, and nothing below it was reported yet.
	subtree
	// vanished: nothing is there any more.
	vanished
	// movedAway: it vanished because it was renamed, perhaps to a path in this tree.
	movedAway
)

// maxPending is how many paths are remembered one by one.
const maxPending = 8 * maxPaths

// An entry is what is known about one path since it was last reported.
type entry struct {
	first, last time.Time // changes
	// heldSince is when something, here or below, vanished that may come back;
	// zero: nothing did.
	heldSince time.Time
	gone      bool // nothing is there now
	created   bool // nothing was there at first, and no scan can have seen it since
	subtree   bool // stands for everything below it
	forced    bool // reported at its deadline, without having settled
	// movedTo is where a path that is gone probably is now. movedFrom are the paths
	// whose movedTo is this one.
	movedTo   manifest.Path
	movedFrom []manifest.Path
}

// A debouncer collects changes until their paths have settled. It has no clock and
// no goroutines, and is used by one goroutine at a time.
//
// A path is pending at first. When it is due it becomes ready, which makes it part
// of the batch on offer. If it changes again before the batch is taken it returns to
// pending.
type debouncer struct {
	debounce, maxDelay, deletionDelay time.Duration
	// groupDelay is how long a path that is due waits for others, so that they go
	// into the same batch.
	groupDelay time.Duration
	lateEvent  time.Duration // see Options

	pending, ready map[manifest.Path]*entry
	subtrees       int // number of pending entries that are subtrees
	// everything takes the place of all paths once events were lost.
	everything      *entry
	everythingReady bool
	urgent          bool // report everything without a delay

	readyChanged bool      // since batch was last called
	scans        int       // number of scans that are running
	marks        int       // number of scans that have ended, of whose time changes may still come
	scannedAt    time.Time // when the last scan ended; zero: there was none
	scanned      bool      // see takeScanned
	lastChange   time.Time // of any path
	firstDue     time.Time // when the oldest due path was due; zero: none is
	next         time.Time // advance has nothing to do before; zero: nothing is pending

	// movedPath is the path that was last renamed away, at movedAt. movedFrom are
	// the paths that had been renamed to it before.
	movedPath manifest.Path
	movedAt   time.Time
	movedFrom []manifest.Path
}

func newDebouncer(o Options) *debouncer {
	return &debouncer{
		debounce: o.Debounce, maxDelay: o.MaxDelay, deletionDelay: o.DeletionDelay,
		groupDelay: min(4*o.Debounce, o.MaxDelay/2), lateEvent: o.lateEvent,
		pending: make(map[manifest.Path]*entry), ready: make(map[manifest.Path]*entry),
	}
}

// add takes a change of p.
func (d *debouncer) add(p manifest.Path, c change, now time.Time) {
	d.lastChange = now
	switch {
	case d.everythingReady: // the scan of that batch will see it
		return
	case d.everything != nil:
		d.everything.last = now
		return
	}
	d.wakeBy(now.Add(d.debounce))
	if c&movedAway != 0 {
		d.movedPath, d.movedAt, d.movedFrom = p, now, nil
	}
	e := d.record(p, c, now)
	if c&appeared != 0 {
		d.pairMove(e, p, now)
	}
	if len(d.pending) > maxPending {
		d.compact(now)
	}
}

// record returns the entry in which the change was recorded.
func (d *debouncer) record(p manifest.Path, c change, now time.Time) *entry {
	if above := d.subtreeAbove(p); above != nil {
		above.last = now
		if c&vanished != 0 && !above.created {
			above.heldSince = now
		}
		return above
	}
	e := d.entry(p, c, now)
	if c&vanished != 0 {
		switch {
		case !e.gone:
			e.last = now
			d.recordVanished(p, e, c)
		case e.movedTo != manifest.Root && c&movedAway == 0: // it was deleted, not renamed
			e.movedTo, e.heldSince = manifest.Root, now
		}
		return e
	}
	e.last = now
	e.gone, e.movedTo = false, manifest.Root
	if c&subtree != 0 {
		d.setSubtree(e, true)
	}
	if !e.subtree {
		e.heldSince = time.Time{}
	}
	return e
}

// entry returns the pending entry of p, and makes one if there is none.
func (d *debouncer) entry(p manifest.Path, c change, now time.Time) *entry {
	e := d.pending[p]
	if e == nil {
		if e = d.ready[p]; e != nil && !e.forced {
			delete(d.ready, p)
			d.readyChanged = true
		} else {
			e = &entry{first: now, created: c&created != 0 && !d.maybeScanned(now)}
		}
		d.pending[p] = e
		if e.subtree {
			d.subtrees++
		}
	}
	return e
}

// maybeScanned reports whether a name whose event is handled now may have been seen by
// a scan that has ended. A mark is not enough to tell: a system shows a new name a moment
// before it queues the event of it, and so may queue it behind the mark.
func (d *debouncer) maybeScanned(now time.Time) bool {
	return d.marks > 0 || now.Sub(d.scannedAt) < d.lateEvent
}

// recordVanished records that nothing is at p any more. A path that no scan can
// have seen is forgotten.
func (d *debouncer) recordVanished(p manifest.Path, e *entry, c change) {
	d.setSubtree(e, false)
	for _, from := range e.movedFrom {
		if s := d.pending[from]; s != nil && s.gone && s.movedTo == p {
			s.movedTo, s.heldSince = manifest.Root, s.last
		}
	}
	if c&movedAway != 0 {
		d.movedFrom = e.movedFrom
	}
	e.movedFrom = nil
	if e.created && d.scans == 0 {
		delete(d.pending, p)
		return
	}
	e.gone, e.heldSince, e.movedTo = true, e.last, manifest.Root
}

// subtreeAbove returns the entry of the nearest directory above p that is pending
// as a subtree; nil if there is none.
func (d *debouncer) subtreeAbove(p manifest.Path) *entry {
	if d.subtrees == 0 {
		return nil
	}
	for dir := range p.Ancestors {
		if e := d.pending[dir]; e != nil && e.subtree {
			return e
		}
	}
	return nil
}

func (d *debouncer) setSubtree(e *entry, on bool) {
	switch {
	case on && !e.subtree:
		d.subtrees++
	case !on && e.subtree:
		d.subtrees--
	}
	e.subtree = on
}

// scan says that a scan of the directory begins or ends. What is there may be known
// from now on, so it is reported when it vanishes.
func (d *debouncer) scan(begin bool, now time.Time) {
	d.scanned = true
	if begin {
		d.scans++
		return
	}
	d.scans--
	d.scannedAt = now
	for _, e := range d.pending {
		e.created = false
	}
	for _, e := range d.ready {
		e.created = false
	}
}

// takeScanned reports whether there may have been a scan since the last call.
func (d *debouncer) takeScanned() bool {
	scanned := d.scanned || d.scans > 0
	d.scanned = false
	return scanned
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
