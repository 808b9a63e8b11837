package news

import (
	"errors"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// A heard is a report that notes what it is told.
type heard struct{ lines []string }

func (h *heard) Begin() { h.lines = append(h.lines, "begin") }

func (h *heard) Event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		for _, p := range ev.Problems {
			h.lines = append(h.lines, "problem "+string(p.Path))
		}
	case sync.Planned:
		line := "plan"
		for _, c := range ev.Plan.Conflicts {
			line += " conflict " + string(c.Path)
		}
		for _, s := range ev.Plan.Skips {
			line += " skip " + string(s.Path)
		}
		h.lines = append(h.lines, line)
	case sync.Finished:
		line := "done "
		if ev.Err != nil {
			line = "failed "
		}
		h.lines = append(h.lines, line+string(ev.Action.Path))
	}
}

func (h *heard) End(_ sync.Summary, err error) {
	line := "end"
	if err != nil {
		line += " " + err.Error()
	}
	h.lines = append(h.lines, line)
}

// TestFilter plays passes to a filter, one after another: what it lets through is
// news each time.
func TestFilter(t *testing.T) {
	upload := func(path manifest.Path) sync.Action {
		return sync.Action{Op: sync.Upload, Side: sync.Remote, Path: path}
	}
	problem := sync.Scanned{Side: sync.Remote, Problems: []manifest.Problem{{Path: "secret", Why: "550"}}}
	skipped := sync.Plan{Conflicts: []sync.Conflict{{Path: "c", Skipped: true}}, Skips: []sync.Skip{{Path: "s", Why: "no"}, {Path: "link", Special: true}}}
	failing := sync.Plan{Actions: sync.ActionsOf(upload("f"))}
	fail := func(why string) sync.Finished {
		return sync.Finished{Action: failing.Actions.At(0), Err: errors.New(why)}
	}
	type passed struct {
		full   bool
		events []sync.Event
		err    error
		want   string
	}
	full := func(want string, events ...sync.Event) passed { return passed{full: true, events: events, want: want} }
	part := func(want string, events ...sync.Event) passed { return passed{events: events, want: want} }
	for name, passes := range map[string][]passed{
		"nothing to do": {
			full("", sync.Scanned{}, sync.Planned{Plan: &sync.Plan{}}, sync.Ended{}),
			part("", sync.Planned{Plan: &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Forget, Path: "x"})}}, sync.Finished{Action: &sync.Action{Op: sync.Forget, Path: "x"}}),
			{events: []sync.Event{sync.Scanned{}}, err: errors.New("lost"), want: ""},
		},
		"something to do": {
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: failing.Actions.At(0)}),
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: failing.Actions.At(0)}),
			{events: []sync.Event{sync.Planned{Plan: &failing}}, err: errors.New("lost"), want: "begin|plan|end lost"},
		},
		"a problem is told until it has gone away": {
			full("begin|problem secret|plan|end", problem, sync.Planned{Plan: &sync.Plan{}}),
			full("", problem, sync.Planned{Plan: &sync.Plan{}}),
			part("", sync.Planned{Plan: &sync.Plan{}}), // which did not look there
			full("", problem),
			full("", sync.Scanned{Side: sync.Remote}), // it has gone
			full("begin|problem secret|end", problem),
		},
		"so is what waits": {
			full("begin|plan conflict c skip s skip link|end", sync.Planned{Plan: &skipped}),
			full("", sync.Planned{Plan: &skipped}),
			full("", sync.Planned{Plan: &sync.Plan{}}),
			full("begin|plan conflict c skip s skip link|end", sync.Planned{Plan: &skipped}),
		},
		"a failure is told once, and once more for another reason": {
			full("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("550")),
			full("", sync.Planned{Plan: &failing}, fail("550")),
			part("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("552")),
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: failing.Actions.At(0)}),
			part("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("550")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var told History
			for i, p := range passes {
				h := &heard{}
				f := New(h, &told, p.full, nil)
				for _, ev := range p.events {
					f.Event(ev)
				}
				f.End(sync.Summary{}, p.err)
				if got := strings.Join(h.lines, "|"); got != p.want {
					t.Errorf("pass %d: %q, want %q", i+1, got, p.want)
				}
			}
		})
	}
}
