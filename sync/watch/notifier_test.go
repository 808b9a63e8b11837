package watch

import (
	"testing"
	"testing/synctest"
	"time"
)

// The listener gets all changes, in order.
func TestNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []int
		n := newNotifier(func(s Status) { heard = append(heard, s.Passes); time.Sleep(time.Second / 1000) })
		for i := range 100 {
			n.notify(Status{Passes: i})
		}
		n.close()
		for i, got := range heard {
			if got != i {
				t.Fatalf("heard %v", heard)
			}
		}
		if len(heard) != 100 {
			t.Errorf("heard %d of 100", len(heard))
		}
	})
}

// A slow listener misses only the oldest changes.
func TestNotifierDropsOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard []int
		n := newNotifier(func(s Status) { heard = append(heard, s.Passes); time.Sleep(time.Millisecond) })
		for i := range 10 * maxPending {
			n.notify(Status{Passes: i})
		}
		n.close()
		if n := len(heard); n > 2*maxPending || heard[n-1] != 10*maxPending-1 {
			t.Errorf("heard %d, the last %d", n, heard[n-1])
		}
	})
}
