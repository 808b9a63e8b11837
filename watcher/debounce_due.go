package watcher

import (
	"time"

	"ferry/manifest"
)

// wakeBy says that something may be due at t.
func (d *debouncer) wakeBy(t time.Time) {
	if d.next.IsZero() || t.Before(d.next) {
		d.next = t
	}
}

// dueAt returns when e is due if it does not change again. A rename is due when its
// new path is, because it is only recognized if both are in the same batch.
func (d *debouncer) dueAt(e *entry) time.Time {
	if e.gone && e.movedTo != manifest.Root {
		if to := d.pending[e.movedTo]; to != nil && !to.gone {
			return d.dueAt(to)
		}
	}
	return earlier(d.settledAt(e), d.deadline(e))
}

func (d *debouncer) settledAt(e *entry) time.Time {
	at := e.last.Add(d.debounce)
	if !e.heldSince.IsZero() {
		at = later(at, e.heldSince.Add(d.debounce+d.deletionDelay))
	}
	return at
}

// deadline returns when e is due even if it has not settled. The time that it may
// wait for others after that is part of maxDelay.
func (d *debouncer) deadline(e *entry) time.Time {
	at := e.first.Add(d.maxDelay - d.groupDelay)
	if !e.heldSince.IsZero() {
		at = at.Add(d.deletionDelay)
	}
	return at
}

func (d *debouncer) everythingDueAt() time.Time {
	if d.urgent {
		return d.everything.first
	}
	return earlier(d.everything.last.Add(d.debounce), d.everything.first.Add(d.maxDelay))
}

// advance makes ready what is due at now. It returns those of the paths that have a
// file, so that the caller can check whether they are still growing; see postpone.
// What is due waits a little for other changes that are going on.
func (d *debouncer) advance(now time.Time) []manifest.Path {
	if d.next.IsZero() || now.Before(d.next) {
		return nil
	}
	if d.everything != nil {
		if d.next = d.everythingDueAt(); !now.Before(d.next) {
			d.everything, d.urgent, d.everythingReady, d.next = nil, false, true, time.Time{}
			d.readyChanged = true
		}
		return nil
	}
	if d.firstDue.IsZero() {
		if d.next = d.firstDueAt(); d.next.IsZero() || now.Before(d.next) {
			return nil
		}
		d.firstDue = d.next
	}
	if quiet := earlier(d.quietAt(now), d.firstDue.Add(d.groupDelay)); now.Before(quiet) {
		d.next = quiet
		return nil
	}
	d.firstDue = time.Time{}
	files := d.makeReady(now)
	d.next = d.firstDueAt()
	return files
}

// quietAt returns when no change is going on any more and nothing else is about to
// be due.
func (d *debouncer) quietAt(now time.Time) time.Time {
	if quiet := d.lastChange.Add(d.debounce); now.Before(quiet) {
		return quiet
	}
	last := now
	for _, e := range d.pending {
		if at := d.dueAt(e); !at.After(now.Add(d.debounce)) {
			last = later(last, at)
		}
	}
	return last
}

// firstDueAt returns when the first pending entry is due; zero if there is none.
func (d *debouncer) firstDueAt() time.Time {
	var first time.Time
	for _, e := range d.pending {
		if at := d.dueAt(e); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// makeReady moves what is due from pending to ready, and returns the paths of files.
func (d *debouncer) makeReady(now time.Time) (files []manifest.Path) {
	var due []manifest.Path
	for p, e := range d.pending {
		if !now.Before(d.dueAt(e)) {
			due = append(due, p)
		}
	}
	d.readyChanged = d.readyChanged || len(due) > 0
	for _, p := range due {
		e := d.pending[p]
		e.forced = now.Before(d.settledAt(e))
		if !e.gone && !e.subtree && !e.forced {
			files = append(files, p)
		}
		if e.subtree {
			d.subtrees--
		}
		delete(d.pending, p)
		d.ready[p] = e
	}
	return files
}

// postpone takes back a path that advance returned, because its file is growing. It
// does nothing once the deadline of the path has passed.
func (d *debouncer) postpone(p manifest.Path, now time.Time) {
	e := d.ready[p]
	if e == nil || !now.Before(d.deadline(e)) {
		return
	}
	delete(d.ready, p)
	d.readyChanged = true
	d.pending[p] = e
	e.last = now
	d.wakeBy(now.Add(d.debounce))
}

// batch returns what is ready, and whether there is anything. For isSmall see
// collapse.
func (d *debouncer) batch(isSmall func(dir manifest.Path, n int) bool) (Batch, bool) {
	if d.everythingReady {
		return Batch{Everything: true}, true
	}
	if len(d.ready) == 0 {
		return Batch{}, false
	}
	paths := make([]manifest.Path, 0, len(d.ready))
	for p := range d.ready {
		paths = append(paths, p)
	}
	held := d.dirsAboveHeld()
	return collapse(paths, func(dir manifest.Path, n int) bool { return !held[dir] && isSmall(dir, n) }), true
}

// dirsAboveHeld returns the directories above paths that vanished and may come back.
// Those must not be scanned as a whole yet.
func (d *debouncer) dirsAboveHeld() map[manifest.Path]bool {
	held := make(map[manifest.Path]bool)
	for p, e := range d.pending {
		if e.heldSince.IsZero() {
			continue
		}
		for dir := range p.Ancestors {
			if held[dir] {
				break
			}
			held[dir] = true
		}
	}
	return held
}

// sent says that the batch was taken.
func (d *debouncer) sent() {
	clear(d.ready)
	d.everythingReady, d.readyChanged, d.scanned = false, true, true
}
