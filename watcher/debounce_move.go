package watcher

import (
	"time"

	"ferry/manifest"
)

// moveWindow is how soon after one name vanished another must appear to be taken for
// its new name. The two events of a rename come right after one another.
const moveWindow = 100 * time.Millisecond

// pairMove takes what just appeared at p for what was renamed away last. e is the
// entry of p or of a subtree above it. A path that was moved is not held back,
// because it is not gone.
func (d *debouncer) pairMove(e *entry, p manifest.Path, now time.Time) {
	movedPath, movedFrom := d.movedPath, d.movedFrom
	d.forgetMove()
	if movedPath == manifest.Root || movedPath == p || now.Sub(d.movedAt) > moveWindow {
		return
	}
	to := p
	for d.pending[to] != e && to != manifest.Root {
		to = to.Parent()
	}
	for _, from := range append(movedFrom, movedPath) {
		if s := d.pending[from]; s != nil && s.gone {
			s.movedTo, s.heldSince = to, time.Time{}
			e.movedFrom = append(e.movedFrom, from)
		}
	}
}

// recordMove records that what was at from is now at to, where it was recorded
// already.
func (d *debouncer) recordMove(from, to manifest.Path, now time.Time) {
	d.add(from, vanished|movedAway, now)
	e := d.subtreeAbove(to)
	if e == nil {
		e = d.pending[to]
	}
	if e != nil {
		d.pairMove(e, to, now)
	}
}

// forgetMove says that what appears next is not what was renamed away last.
func (d *debouncer) forgetMove() { d.movedPath, d.movedFrom = manifest.Root, nil }
