// Package news keeps the reports of many passes over one pair down to what is new.
package news

import (
	"fmt"
	"maps"

	"ferry/manifest"
	"ferry/sync"
)

// A Report shows one pass. Begin comes when both sides are connected, then events, one
// at a time; End comes last, also where nothing came before it.
type Report interface {
	Begin()
	Event(sync.Event)
	End(sync.Summary, error)
}

// A Filter stands before the report of one pass of many. A pass that does nothing
// and finds nothing new is not reported at all, and what was told of an earlier pass is
// not told again before it has gone away in between.
type Filter struct {
	report  Report
	history *History
	full    bool   // the pass looks at everything
	begun   func() // called when the report begins; may be nil

	open bool          // the report has begun
	held *sync.Planned // a plan that holds nothing new so far
	seen map[string]bool
}

// A History is what was told of one pair. It belongs to the goroutine of its
// passes.
type History struct {
	told map[string]bool
}

// New returns the filter of a pass. full says that it looks at everything; begun is called
// when its report begins, and may be nil.
func New(report Report, history *History, full bool, begun func()) *Filter {
	return &Filter{report: report, history: history, full: full, begun: begun, seen: make(map[string]bool)}
}

// Event passes on what is new.
func (f *Filter) Event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		if ev.Problems = f.problems(ev.Side, ev.Problems); len(ev.Problems) > 0 {
			f.forward(ev)
		}
	case sync.Doubted:
		if ev.Problems = f.problems(ev.Side, ev.Problems); len(ev.Problems) > 0 {
			f.forward(ev)
		}
	case sync.Planned:
		f.planned(ev.Plan)
	case sync.Finished:
		f.finished(ev)
	default:
		if f.open {
			f.report.Event(ev)
		}
	}
}

// Begun reports whether the report has begun.
func (f *Filter) Begun() bool { return f.open }

// forward begins the report where it has not begun, and passes ev on.
func (f *Filter) forward(ev sync.Event) {
	if !f.open {
		f.open = true
		if f.begun != nil {
			f.begun()
		}
		f.report.Begin()
	}
	if f.held != nil {
		held := *f.held
		f.held = nil
		f.report.Event(held)
	}
	f.report.Event(ev)
}

// news reports whether something is new, and notes it.
func (f *Filter) news(key ...any) bool {
	text := fmt.Sprint(key...)
	f.seen[text] = true
	if f.history.told[text] {
		return false
	}
	if f.history.told == nil {
		f.history.told = make(map[string]bool)
	}
	f.history.told[text] = true
	return true
}

func (f *Filter) problems(side sync.Side, problems []manifest.Problem) []manifest.Problem {
	var fresh []manifest.Problem
	for _, p := range problems {
		if f.news("problem ", side, p.Path.Join(p.Name), p.Why) {
			fresh = append(fresh, p)
		}
	}
	return fresh
}

// planned passes a plan on with the conflicts and skips that are new. A plan that holds
// nothing but what failed before waits.
func (f *Filter) planned(plan *sync.Plan) {
	shown := *plan
	shown.Conflicts, shown.Skips = nil, nil
	fresh := false
	for _, c := range plan.Conflicts {
		if !c.Waits() || f.news("conflict ", c.Path, c.Copy, c.LocalChange, c.RemoteChange) {
			shown.Conflicts = append(shown.Conflicts, c)
			fresh = fresh || c.Waits()
		}
	}
	for _, s := range plan.Skips {
		if s.Special || f.news("skip ", s.Side, s.Path, s.Name, s.Why) {
			shown.Skips = append(shown.Skips, s)
			fresh = fresh || !s.Special
		}
	}
	for _, a := range plan.Actions.All() {
		fresh = fresh || a.Visible() && !f.history.told[failure(a)]
	}
	ev := sync.Planned{Plan: &shown}
	if fresh || f.open {
		f.held = nil
		f.forward(ev)
		return
	}
	f.held = &ev
}

// failure is the key of an action that failed, whatever the reason.
func failure(a *sync.Action) string { return fmt.Sprint("failed ", a.Op, a.Side, a.Path) }

func (f *Filter) finished(ev sync.Finished) {
	a := ev.Action
	switch {
	case ev.Err == nil:
		delete(f.history.told, failure(a))
		if a.Visible() {
			f.forward(ev)
		}
	default:
		again := !f.news(failure(a))
		if f.news("failed ", a.Op, a.Side, a.Path, ev.Err) || !again {
			f.forward(ev)
		}
	}
}

// End ends the report where it has begun. After a pass over everything that came to
// its end, what was not met any more counts as gone.
func (f *Filter) End(s sync.Summary, err error) {
	if f.open {
		f.report.End(s, err)
	}
	if f.full && err == nil {
		maps.DeleteFunc(f.history.told, func(key string, _ bool) bool { return !f.seen[key] })
	}
}
