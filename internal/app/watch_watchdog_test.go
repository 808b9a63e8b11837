package app

import (
	"ferry/sync/watch"
	"testing"
	"time"
)

// TestMissed holds when a pair is late.
func TestMissed(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		s    watch.Status
		want bool
	}{
		{watch.Status{State: watch.Idle, NextPoll: now.Add(time.Second)}, false},
		{watch.Status{State: watch.Idle, NextPoll: now.Add(-time.Second)}, false},
		{watch.Status{State: watch.Idle, NextPoll: now.Add(-time.Minute)}, true},
		{watch.Status{State: watch.Idle}, false},
		{watch.Status{State: watch.Waiting, NextTry: now.Add(-time.Minute), NextPoll: now}, true},
		{watch.Status{State: watch.Halted, NextTry: now.Add(time.Minute), NextPoll: now.Add(-time.Hour)}, false},
		{watch.Status{State: watch.Syncing, NextPoll: now.Add(-time.Hour)}, false},
		{watch.Status{State: watch.HandedOver, NextPoll: now.Add(-time.Hour)}, false},
	} {
		if got := missed(c.s, now); got != c.want {
			t.Errorf("%+v: missed %v", c.s, got)
		}
	}
}
