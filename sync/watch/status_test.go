package watch

import (
	"testing"
	"time"
)

// TestOverdue holds when a pair is late.
func TestOverdue(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		s    Status
		want bool
	}{
		{Status{State: Idle, NextPoll: now.Add(time.Second)}, false},
		{Status{State: Idle, NextPoll: now.Add(-time.Second)}, false},
		{Status{State: Idle, NextPoll: now.Add(-time.Minute)}, true},
		{Status{State: Idle}, false},
		{Status{State: Waiting, NextTry: now.Add(-time.Minute), NextPoll: now}, true},
		{Status{State: Halted, NextTry: now.Add(time.Minute), NextPoll: now.Add(-time.Hour)}, false},
		{Status{State: Syncing, NextPoll: now.Add(-time.Hour)}, false},
		{Status{State: HandedOver, NextPoll: now.Add(-time.Hour)}, false},
	} {
		if got := c.s.Overdue(now); got != c.want {
			t.Errorf("%+v: overdue %v", c.s, got)
		}
	}
}
