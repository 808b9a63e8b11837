package app

import (
	"testing"

	"ferry/sync/watch"
)

// TestInStep holds that a pair counts as in step until a pass has something to do or
// something changed locally, and again when that is carried over.
func TestInStep(t *testing.T) {
	var s watchState
	want := func(inStep bool, when string) {
		t.Helper()
		if s.inStep() != inStep {
			t.Errorf("%s: in sync %v", when, s.inStep())
		}
	}
	s.changed(watch.Status{State: watch.Starting})
	want(false, "at the start")
	s.changed(watch.Status{State: watch.Idle})
	s.changed(watch.Status{State: watch.Syncing})
	want(true, "while a pass looks")
	s.busy()
	want(false, "while something is carried over")
	s.changed(watch.Status{State: watch.Idle})
	want(true, "when that is done")
	s.hint()
	want(false, "after a local change")
	s.changed(watch.Status{State: watch.Idle, Queue: 1})
	want(false, "while the change waits")
	s.changed(watch.Status{State: watch.Syncing})
	want(false, "while a pass looks at it")
	s.changed(watch.Status{State: watch.Idle})
	want(true, "when it was looked at")
	s.changed(watch.Status{State: watch.Waiting})
	want(false, "without the server")
}
