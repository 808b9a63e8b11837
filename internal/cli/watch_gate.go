package cli

import (
	"fmt"
	"maps"

	"ferry/manifest"
	"ferry/sync"
)

// A gate stands before the report of one pass of many. A pass that does nothing
// and finds nothing new is not reported at all, and what was told of an earlier
// pass is not told again before it has gone away in between.
type gate struct {
	report reporter
	known  *known
	full   bool   // the pass looks at everything
	begun  func() // called when the report begins; may be nil

	open bool          // the report has begun
	held *sync.Planned // a plan that holds nothing new so far
	seen map[string]bool
}

// known is what was told of one pair. It belongs to the goroutine of its passes.
type known struct {
	told map[string]bool
}

func newGate(report reporter, known *known, full bool, begun func()) *gate {
	return &gate{report: report, known: known, full: full, begun: begun, seen: make(map[string]bool)}
}

// event passes on what is new.
func (g *gate) event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		if ev.Problems = g.problems(ev.Side, ev.Problems); len(ev.Problems) > 0 {
			g.pass(ev)
		}
	case sync.Doubted:
		if ev.Problems = g.problems(ev.Side, ev.Problems); len(ev.Problems) > 0 {
			g.pass(ev)
		}
	case sync.Planned:
		g.planned(ev.Plan)
	case sync.Finished:
		g.finished(ev)
	default:
		if g.open {
			g.report.event(ev)
		}
	}
}

// pass begins the report where it has not begun, and passes ev on.
func (g *gate) pass(ev sync.Event) {
	if !g.open {
		g.open = true
		if g.begun != nil {
			g.begun()
		}
		g.report.begin()
	}
	if g.held != nil {
		held := *g.held
		g.held = nil
		g.report.event(held)
	}
	g.report.event(ev)
}

// news reports whether something is new, and takes note of it.
func (g *gate) news(key ...any) bool {
	text := fmt.Sprint(key...)
	g.seen[text] = true
	if g.known.told[text] {
		return false
	}
	if g.known.told == nil {
		g.known.told = make(map[string]bool)
	}
	g.known.told[text] = true
	return true
}

func (g *gate) problems(side sync.Side, problems []manifest.Problem) []manifest.Problem {
	var fresh []manifest.Problem
	for _, p := range problems {
		if g.news("problem ", side, p.Path.Join(p.Name), p.Why) {
			fresh = append(fresh, p)
		}
	}
	return fresh
}

// planned passes a plan on with the conflicts and skips that are new. One in
// which nothing is, but what has failed before, waits.
func (g *gate) planned(plan *sync.Plan) {
	shown := *plan
	shown.Conflicts, shown.Skips = nil, nil
	fresh := false
	for _, c := range plan.Conflicts {
		if !waiting(c) || g.news("conflict ", c.Path, c.Copy, c.LocalChange, c.RemoteChange) {
			shown.Conflicts = append(shown.Conflicts, c)
			fresh = fresh || waiting(c)
		}
	}
	for _, s := range plan.Skips {
		if s.Special || g.news("skip ", s.Side, s.Path, s.Name, s.Why) {
			shown.Skips = append(shown.Skips, s)
			fresh = fresh || !s.Special
		}
	}
	for i := range plan.Actions {
		a := &plan.Actions[i]
		fresh = fresh || told(a) && !g.known.told[failure(a)]
	}
	ev := sync.Planned{Plan: &shown}
	if fresh || g.open {
		g.held = nil
		g.pass(ev)
		return
	}
	g.held = &ev
}

// failure is the key of an action that failed, whatever the reason.
func failure(a *sync.Action) string { return fmt.Sprint("failed ", a.Op, a.Side, a.Path) }

func (g *gate) finished(ev sync.Finished) {
	a := ev.Action
	switch {
	case ev.Err == nil:
		delete(g.known.told, failure(a))
		if told(a) {
			g.pass(ev)
		}
	default:
		again := !g.news(failure(a))
		if g.news("failed ", a.Op, a.Side, a.Path, reason(a, ev.Err)) || !again {
			g.pass(ev)
		}
	}
}

// end ends the report where it has begun. After a pass over everything that came
// to its end, what was not met any more counts as gone.
func (g *gate) end(s sync.Summary, err error) {
	if g.open {
		g.report.end(s, err)
	}
	if g.full && err == nil {
		maps.DeleteFunc(g.known.told, func(key string, _ bool) bool { return !g.seen[key] })
	}
}
