package watcher

import (
	"time"

	"ferry/manifest"
)

// A hint is what an event seems to say about a path. It decides how long the
// path is kept back, and nothing else.
type hint uint8

const (
	// touched: something is there, and it changed.
	touched hint = 0
	// came: the name appeared.
	came hint = 1 << (iota - 1)
	// made: the name appeared, and nothing was there before.
	made
	// tree: it is a directory of whose content nothing was told yet.
	tree
	// gone: nothing is there.
	gone
	// moved goes with gone: it has another name now, perhaps in this tree.
	moved
)

// pairing is how soon after a name went away another one appears if it was a
// rename. The two events of a rename follow one another at once.
const pairing = 100 * time.Millisecond

// maxPending is how many paths are remembered one by one.
const maxPending = 8 * maxPaths

// An entry is what is known of one path since it was last reported.
type entry struct {
	first, last time.Time
	// held is when something was last seen to go away, here or below, that may
	// come back; zero: nothing did.
	held time.Time
	gone bool
	made bool // nothing was here when it began, and nobody can have seen what is
	tree bool // all below is part of it
	late bool // it went out without having settled
	// to is, for what is gone, the path at which it probably is now; from are the
	// paths whose to this is.
	to   manifest.Path
	from []manifest.Path
}

// A gatherer collects hints until their paths have come to rest. It has no clock
// and no goroutines of its own, and is used by one goroutine at a time.
//
// A path is first pending. Once ripe, it is ready, part of the batch that is on
// offer, and returns to pending if something happens to it before the batch was
// taken.
type gatherer struct {
	settle, longest, hold time.Duration
	// together is how long what is ripe waits for what goes on elsewhere.
	together time.Duration

	pending, ready map[manifest.Path]*entry
	trees          int // pending entries that are trees
	// all stands in the place of every path once events were lost.
	all      *entry
	allReady bool
	urgent   bool

	changed   bool      // what is ready is not what it was
	looks     int       // how many looks are going on
	looked    bool      // somebody was told to look or did, see takeLooked
	lastAdd   time.Time // of any hint
	firstRipe time.Time // zero: nothing was found ripe yet
	next      time.Time // nothing is due before; zero: nothing is pending

	// away is the path that was last seen to be renamed to something else, at
	// awayAt; awayFrom are the paths that had become away before.
	away     manifest.Path
	awayAt   time.Time
	awayFrom []manifest.Path
}

func newGatherer(o Options) *gatherer {
	return &gatherer{
		settle: o.Settle, longest: o.Longest, hold: o.Hold, together: min(4*o.Settle, o.Longest/2),
		pending: make(map[manifest.Path]*entry), ready: make(map[manifest.Path]*entry),
	}
}

// add notes that h was seen of p.
func (g *gatherer) add(p manifest.Path, h hint, now time.Time) {
	g.lastAdd = now
	switch {
	case g.allReady: // whoever takes the batch looks later than this
		return
	case g.all != nil:
		g.all.last = now
		return
	}
	g.soon(now.Add(g.settle))
	if h&moved != 0 {
		g.away, g.awayAt, g.awayFrom = p, now, nil
	}
	e := g.note(p, h, now)
	if h&came != 0 {
		g.pair(e, p, now)
	}
	if len(g.pending) > maxPending {
		g.squeeze(now)
	}
}

// note returns the entry that h was noted in.
func (g *gatherer) note(p manifest.Path, h hint, now time.Time) *entry {
	if a := g.above(p); a != nil {
		a.last = now
		if h&gone != 0 && !a.made {
			a.held = now
		}
		return a
	}
	e := g.entry(p, h, now)
	if h&gone != 0 {
		switch {
		case !e.gone:
			e.last = now
			g.noteGone(p, e, h)
		case e.to != manifest.Root && h&moved == 0: // it was no rename after all
			e.to, e.held = manifest.Root, now
		}
		return e
	}
	e.last = now
	e.gone, e.to = false, manifest.Root
	if h&tree != 0 {
		g.setTree(e, true)
	}
	if !e.tree {
		e.held = time.Time{}
	}
	return e
}

// entry returns what is known of p, and begins to if need be.
func (g *gatherer) entry(p manifest.Path, h hint, now time.Time) *entry {
	e := g.pending[p]
	if e == nil {
		if e = g.ready[p]; e != nil && !e.late {
			delete(g.ready, p)
			g.changed = true
		} else {
			e = &entry{first: now, made: h&made != 0}
		}
		g.pending[p] = e
		if e.tree {
			g.trees++
		}
	}
	return e
}

// noteGone notes that nothing is at p any more. What nobody can have seen is
// forgotten.
func (g *gatherer) noteGone(p manifest.Path, e *entry, h hint) {
	g.setTree(e, false)
	for _, src := range e.from {
		if s := g.pending[src]; s != nil && s.gone && s.to == p {
			s.to, s.held = manifest.Root, s.last
		}
	}
	if h&moved != 0 {
		g.awayFrom = e.from
	}
	e.from = nil
	if e.made && g.looks == 0 {
		delete(g.pending, p)
		return
	}
	e.gone, e.held, e.to = true, e.last, manifest.Root
}

// above returns the entry of the nearest directory above p that is pending with
// all below it.
func (g *gatherer) above(p manifest.Path) *entry {
	if g.trees == 0 {
		return nil
	}
	for dir := range p.Ancestors {
		if e := g.pending[dir]; e != nil && e.tree {
			return e
		}
	}
	return nil
}

// pair takes e, whose path or something below it just appeared at p, for what
// was renamed last. What moved is not kept back: nothing of it is gone.
func (g *gatherer) pair(e *entry, p manifest.Path, now time.Time) {
	away, from := g.away, g.awayFrom
	g.apart()
	if away == manifest.Root || away == p || now.Sub(g.awayAt) > pairing {
		return
	}
	at := p
	for g.pending[at] != e && at != manifest.Root {
		at = at.Parent()
	}
	for _, src := range append(from, away) {
		if s := g.pending[src]; s != nil && s.gone {
			s.to, s.held = at, time.Time{}
			e.from = append(e.from, src)
		}
	}
}

// became notes that what was at from is at to now, where it was noted already.
func (g *gatherer) became(from, to manifest.Path, now time.Time) {
	g.add(from, gone|moved, now)
	e := g.above(to)
	if e == nil {
		e = g.pending[to]
	}
	if e != nil {
		g.pair(e, to, now)
	}
}

// apart says that what appears next is not what was renamed last.
func (g *gatherer) apart() { g.away, g.awayFrom = manifest.Root, nil }

// lose says that events were lost: every path may have changed.
func (g *gatherer) lose(now time.Time, urgent bool) {
	g.lastAdd = now
	if g.all == nil {
		g.all = &entry{first: now}
	}
	g.all.last = now
	g.urgent = g.urgent || urgent
	clear(g.pending)
	clear(g.ready)
	g.trees, g.firstRipe, g.allReady, g.changed = 0, time.Time{}, false, true
	g.apart()
	g.next = g.allRipe()
}

// squeeze puts directories in the place of many paths in them, and gives up
// telling paths where that does not help.
func (g *gatherer) squeeze(now time.Time) {
	paths := make([]manifest.Path, 0, len(g.pending))
	for p := range g.pending {
		paths = append(paths, p)
	}
	always := func(manifest.Path, int) bool { return true }
	for _, dir := range crowdedDirs(paths, maxInDir, always) {
		if dir == manifest.Root {
			g.lose(now, false)
			return
		}
		g.fold(dir, paths)
	}
	if len(g.pending) > maxPending/2 {
		g.lose(now, false)
	}
}

// fold makes the directory dir one entry with those of paths that are in it.
func (g *gatherer) fold(dir manifest.Path, paths []manifest.Path) {
	e := g.pending[dir]
	for _, p := range paths {
		sub := g.pending[p]
		if sub == nil || p.Parent() != dir {
			continue
		}
		if e == nil {
			e = &entry{first: sub.first}
			g.pending[dir] = e
		}
		e.first, e.last, e.held = earlier(e.first, sub.first), later(e.last, sub.last), later(e.held, sub.held)
		g.setTree(sub, false)
		delete(g.pending, p)
	}
	if e != nil && !e.gone {
		g.setTree(e, true)
	}
}

func (g *gatherer) setTree(e *entry, on bool) {
	switch {
	case on && !e.tree:
		g.trees++
	case !on && e.tree:
		g.trees--
	}
	e.tree = on
}

// look says that somebody begins to look at the directory, or has done: what is
// there may be known from now on, and is not forgotten when it goes away.
func (g *gatherer) look(begin bool) {
	g.looked = true
	if begin {
		g.looks++
		return
	}
	g.looks--
	for _, e := range g.pending {
		e.made = false
	}
	for _, e := range g.ready {
		e.made = false
	}
}

// takeLooked reports whether somebody may have looked since it was last asked.
func (g *gatherer) takeLooked() bool {
	looked := g.looked || g.looks > 0
	g.looked = false
	return looked
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
