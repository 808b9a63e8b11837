package meter

import (
	"testing"

	"ferry/sync"
)

// TestRefusedCounts holds that an action which a side refused has ended, too.
func TestRefusedCounts(t *testing.T) {
	plan := &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Link, Path: "a"}, sync.Action{Op: sync.Link, Path: "b"})}
	var m Meter
	for _, ev := range []sync.Event{sync.Planned{Plan: plan}, sync.Finished{Action: plan.Actions.At(0)}, sync.Refused{Action: plan.Actions.At(1)}} {
		if !m.Observe(ev) {
			t.Errorf("%T changed nothing", ev)
		}
	}
	if done, total := m.Count(); done != total || done.Actions != 2 {
		t.Errorf("%+v of %+v", done, total)
	}
}
