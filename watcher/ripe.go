package watcher

import (
	"time"

	"ferry/manifest"
)

// soon says that something may be due at t.
func (g *gatherer) soon(t time.Time) {
	if g.next.IsZero() || t.Before(g.next) {
		g.next = t
	}
}

// ripeAt returns when e may be reported if nothing more happens to it.
func (g *gatherer) ripeAt(e *entry) time.Time {
	if e.gone && e.to != manifest.Root {
		if at := g.pending[e.to]; at != nil && !at.gone {
			return g.ripeAt(at) // a rename is seen as one if both ends are in one batch
		}
	}
	return earlier(g.settledAt(e), g.limit(e))
}

func (g *gatherer) settledAt(e *entry) time.Time {
	at := e.last.Add(g.settle)
	if !e.held.IsZero() {
		at = later(at, e.held.Add(g.settle+g.hold))
	}
	return at
}

// limit returns when e is ripe even if it has not settled. What is ripe may wait
// a little more, which is part of the longest time.
func (g *gatherer) limit(e *entry) time.Time {
	at := e.first.Add(g.longest - g.together)
	if !e.held.IsZero() {
		at = at.Add(g.hold)
	}
	return at
}

func (g *gatherer) allRipe() time.Time {
	if g.urgent {
		return g.all.first
	}
	return earlier(g.all.last.Add(g.settle), g.all.first.Add(g.longest))
}

// due makes ready what has come to rest at now, and returns the paths of it that
// have a file, for the caller to see whether it still grows: see postpone. All
// that is ripe waits a little for the rest of what goes on.
func (g *gatherer) due(now time.Time) []manifest.Path {
	if g.next.IsZero() || now.Before(g.next) {
		return nil
	}
	if g.all != nil {
		if g.next = g.allRipe(); !now.Before(g.next) {
			g.all, g.urgent, g.allReady, g.next = nil, false, true, time.Time{}
			g.changed = true
		}
		return nil
	}
	if g.firstRipe.IsZero() {
		if g.next = g.earliest(); g.next.IsZero() || now.Before(g.next) {
			return nil
		}
		g.firstRipe = g.next
	}
	if rest := earlier(g.rest(now), g.firstRipe.Add(g.together)); now.Before(rest) {
		g.next = rest
		return nil
	}
	g.firstRipe = time.Time{}
	files := g.ripen(now)
	g.next = g.earliest()
	return files
}

// rest returns when nothing more goes on: nothing happens, and nothing gets ripe
// soon.
func (g *gatherer) rest(now time.Time) time.Time {
	if quiet := g.lastAdd.Add(g.settle); now.Before(quiet) {
		return quiet
	}
	last := now
	for _, e := range g.pending {
		if at := g.ripeAt(e); !at.After(now.Add(g.settle)) {
			last = later(last, at)
		}
	}
	return last
}

// earliest returns when the first pending entry is ripe, zero without any.
func (g *gatherer) earliest() time.Time {
	var first time.Time
	for _, e := range g.pending {
		if at := g.ripeAt(e); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func (g *gatherer) ripen(now time.Time) (files []manifest.Path) {
	var ripe []manifest.Path
	for p, e := range g.pending {
		if !now.Before(g.ripeAt(e)) {
			ripe = append(ripe, p)
		}
	}
	g.changed = g.changed || len(ripe) > 0
	for _, p := range ripe {
		e := g.pending[p]
		e.late = now.Before(g.settledAt(e))
		if !e.gone && !e.tree && !e.late {
			files = append(files, p)
		}
		if e.tree {
			g.trees--
		}
		delete(g.pending, p)
		g.ready[p] = e
	}
	return files
}

// postpone takes back a path that due returned, because it changed just now.
func (g *gatherer) postpone(p manifest.Path, now time.Time) {
	e := g.ready[p]
	if e == nil || !now.Before(g.limit(e)) {
		return
	}
	delete(g.ready, p)
	g.changed = true
	g.pending[p] = e
	e.last = now
	g.soon(now.Add(g.settle))
}

// batch returns what is ready, and whether anything is.
func (g *gatherer) batch(cheap func(dir manifest.Path, n int) bool) (Batch, bool) {
	if g.allReady {
		return Batch{Everything: true}, true
	}
	if len(g.ready) == 0 {
		return Batch{}, false
	}
	paths := make([]manifest.Path, 0, len(g.ready))
	for p := range g.ready {
		paths = append(paths, p)
	}
	held := g.heldBelow()
	return collapse(paths, func(dir manifest.Path, n int) bool { return !held[dir] && cheap(dir, n) }), true
}

// heldBelow are the directories below which something gone may come back.
func (g *gatherer) heldBelow() map[manifest.Path]bool {
	held := make(map[manifest.Path]bool)
	for p, e := range g.pending {
		if e.held.IsZero() {
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
func (g *gatherer) sent() {
	clear(g.ready)
	g.allReady, g.changed, g.looked = false, true, true
}
