package pool

import (
	"testing"
	"time"
)

// TestLimit holds how long a limit is believed in, and what it becomes.
func TestLimit(t *testing.T) {
	start := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return start.Add(d) }
	three := limit{}.refused(3, start)
	for _, c := range []struct {
		name string
		l    limit
		at   time.Time
		want int
	}{
		{"none", limit{}, start, 10},
		{"at once", three, start, 3},
		{"believed", three, after(busyMemory), 3},
		{"old: one more is tried", three, after(busyMemory + 1), 4},
		{"refused again: believed for twice as long", three.refused(3, after(busyMemory+1)), after(3 * busyMemory), 3},
		{"and not for ever", three.refused(3, after(busyMemory+1)), after(3*busyMemory + 2), 4},
		{"one more was there", three.opened(4, after(busyMemory+1)), after(busyMemory + 2), 4},
		{"then another one", three.opened(4, start), after(busyMemory + 1), 5},
		{"no more than is allowed", three.opened(4, start), start, 4},
		{"fewer than before", three.refused(2, start), start, 2},
		{"those that came at the same time", three.refused(5, after(1)).refused(4, after(2)), after(3), 3},
		{"none at all", limit{}.refused(0, start), start, 1},
	} {
		if got := c.l.allows(10, c.at); got != c.want {
			t.Errorf("%s: %d sessions, want %d", c.name, got, c.want)
		}
	}
	if got := three.allows(2, start); got != 2 {
		t.Errorf("%d sessions, more than the user allows", got)
	}
	worn := three
	for range 100 {
		worn.again++
	}
	if got := worn.allows(10, after(24*time.Hour)); got != 4 {
		t.Errorf("after a day %d sessions: a limit is not believed for ever", got)
	}
}
