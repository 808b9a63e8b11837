package words

import (
	"time"

	"ferry/internal/text"
	"ferry/sync/watch"
)

// State says what a watched pair is doing and why. inStep says that it is in step, as far
// as known.
func State(s watch.Status, inStep bool) string {
	state := string(s.State)
	if s.State == watch.Idle || s.State == watch.Syncing && inStep {
		state = "in sync"
	}
	if s.Failed > 0 && s.State == watch.Idle {
		state = "in sync except for what failed"
	}
	if s.Reason != "" {
		state += ": " + text.Clean(s.Reason)
	}
	return state
}

// When returns a time for people, with its day where that is another.
func When(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format(time.DateTime)
}
