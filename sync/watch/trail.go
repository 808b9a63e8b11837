package watch

import (
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync"
)

// mostTraced is how many paths a trail remembers of one pass.
const mostTraced = 4096

// A spot is where a pass is to look: a local path with all that is below it, or
// the direct entries of a directory of the server.
type spot struct {
	side sync.Side
	path manifest.Path
}

// A trace is what the events of a pass said.
type trace struct {
	acted    bool                   // something was begun
	active   map[manifest.Path]bool // directories in which something was done
	failed   map[spot]bool          // where to look again
	failures int                    // steps that failed
	doubted  map[spot]bool          // where something could not be read: look again as well
	skipped  []manifest.Path        // conflicts that wait
}

// A trail gathers the events of passes. Its methods may be called from any
// goroutine.
type trail struct {
	mu stdsync.Mutex
	t  trace
}

// observe takes an event, and reports whether it was the first action of its
// pass.
func (t *trail) observe(ev sync.Event) (first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch ev := ev.(type) {
	case sync.Started:
		first, t.t.acted = !t.t.acted, true
	case sync.Planned:
		for _, c := range ev.Plan.Conflicts {
			if c.Skipped && len(t.t.skipped) < mostTraced {
				t.t.skipped = append(t.t.skipped, c.Path)
			}
		}
	case sync.Scanned:
		t.doubted(ev.Side, ev.Problems)
	case sync.Doubted:
		t.doubted(ev.Side, ev.Problems)
	case sync.Finished:
		t.finished(ev.Action, ev.Err)
	}
	return first
}

func (t *trail) finished(a *sync.Action, err error) {
	if err == nil {
		if len(t.t.active) < mostTraced {
			put(&t.t.active, a.Path.Parent())
		}
		return
	}
	t.t.failures++
	if len(t.t.failed) >= mostTraced {
		return
	}
	for _, s := range origins(a) {
		put(&t.t.failed, s)
	}
}

// doubted takes what could not be read on a side: whatever the other side, or
// this one, has there waits. A name that cannot be held is nothing that passes.
func (t *trail) doubted(s sync.Side, problems []manifest.Problem) {
	for _, q := range problems {
		if q.Name != "" || q.Path == manifest.Root || len(t.t.doubted) >= mostTraced/2 {
			continue
		}
		put(&t.t.doubted, spot{sync.Local, q.Path})
		if s == sync.Remote {
			put(&t.t.doubted, spot{s, q.Path})
		}
	}
}

// origins returns where the change was seen that an action carries over. What
// rests on both sides' word is looked at on both.
func origins(a *sync.Action) []spot {
	var spots []spot
	add := func(s sync.Side, p manifest.Path) {
		if s == sync.Remote {
			p = p.Parent()
		}
		spots = append(spots, spot{s, p})
	}
	add(a.Side.Other(), a.Path)
	if a.From != manifest.Root {
		add(a.Side.Other(), a.From)
		add(a.Side, a.Path)
		add(a.Side, a.From)
	}
	return spots
}

// take returns what was gathered since it was last called.
func (t *trail) take() trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.t
	t.t = trace{}
	return was
}

func put[K comparable](m *map[K]bool, key K) {
	if *m == nil {
		*m = make(map[K]bool)
	}
	(*m)[key] = true
}
