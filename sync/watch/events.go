package watch

import (
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync"
)

// maxEvents is how many paths of each kind are remembered of one pass.
const maxEvents = 4096

// passEvents are what the events of a pass said.
type passEvents struct {
	acted      bool                   // an action was begun
	active     map[manifest.Path]bool // directories in which an action succeeded
	failed     map[location]bool      // where to retry
	failures   int                    // actions that failed
	unreadable map[location]bool      // what could not be read; retried as well
	skipped    []manifest.Path        // conflicts that wait for the user
	planned    bool                   // there was a plan, so that waiting is known
	waiting    int                    // conflicts that nobody has settled yet, skipped ones and copies
}

// An eventLog collects the events of passes. Its methods may be called from any
// goroutine.
type eventLog struct {
	mu     stdsync.Mutex
	events passEvents
}

// observe takes an event, and reports whether it was the first action of its pass.
func (l *eventLog) observe(ev sync.Event) (first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch ev := ev.(type) {
	case sync.Started:
		first, l.events.acted = !l.events.acted, true
	case sync.Planned:
		l.events.planned, l.events.waiting = true, len(ev.Plan.Waiting)
		for _, c := range ev.Plan.Conflicts {
			if c.Skipped && len(l.events.skipped) < maxEvents {
				l.events.skipped = append(l.events.skipped, c.Path)
			}
		}
	case sync.Scanned:
		l.addUnreadable(ev.Side, ev.Problems)
	case sync.Doubted:
		l.addUnreadable(ev.Side, ev.Problems)
	case sync.Finished:
		l.addResult(ev.Action, ev.Err)
	}
	return first
}

func (l *eventLog) addResult(a *sync.Action, err error) {
	if err == nil {
		if len(l.events.active) < maxEvents {
			addTo(&l.events.active, a.Path.Parent())
		}
		return
	}
	l.events.failures++
	if len(l.events.failed) >= maxEvents {
		return
	}
	for _, at := range sources(a) {
		addTo(&l.events.failed, at)
	}
}

// addUnreadable adds what could not be read on a side. Changes there, on either
// side, were not carried over. A name that ferry cannot keep is left out: reading
// it again would not help.
func (l *eventLog) addUnreadable(s sync.Side, problems []manifest.Problem) {
	for _, q := range problems {
		if q.Name != "" || q.Path == manifest.Root || len(l.events.unreadable) >= maxEvents/2 {
			continue
		}
		addTo(&l.events.unreadable, location{sync.Local, q.Path})
		if s == sync.Remote {
			addTo(&l.events.unreadable, location{s, q.Path})
		}
	}
}

// sources returns where to look again after an action failed: the side on which
// the change was made, and for a rename both sides.
func sources(a *sync.Action) []location {
	var all []location
	add := func(s sync.Side, p manifest.Path) {
		if s == sync.Remote {
			p = p.Parent()
		}
		all = append(all, location{s, p})
	}
	add(a.Side.Other(), a.Path)
	if a.From != manifest.Root {
		add(a.Side.Other(), a.From)
		add(a.Side, a.Path)
		add(a.Side, a.From)
	}
	return all
}

// take returns what was collected since the last call.
func (l *eventLog) take() passEvents {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.events
	l.events = passEvents{}
	return was
}

// addTo adds a key to a set, which may be nil.
func addTo[K comparable](set *map[K]bool, key K) {
	if *set == nil {
		*set = make(map[K]bool)
	}
	(*set)[key] = true
}
