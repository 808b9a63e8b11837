package watch

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// After sleep, or when the clock was set, there is a full pass.
func TestGaps(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"asleep": time.Hour, "set forward": 2 * time.Minute, "set back": -24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			runWatch(t, nil, func(t *testing.T, s *harness) {
				s.expect(time.Second, "open, full")
				s.setWallJump(jump)
				if got := s.callsAfter(30 * time.Second); !strings.HasPrefix(got, "full") {
					t.Errorf("within 30 s: %s", got)
				}
				s.advance(time.Hour / 2)
				if got := s.callsAfter(0); strings.Contains(got, "full") {
					t.Errorf("again and again: %s", got)
				}
			})
		})
	}
	t.Run("a second", func(t *testing.T) {
		runWatch(t, nil, func(t *testing.T, s *harness) {
			s.expect(time.Second, "open, full")
			for range 100 {
				s.setWallJump(s.wallJump + time.Second)
				s.advance(10 * time.Second)
			}
			if got := s.callsAfter(0); strings.Contains(got, "full") {
				t.Errorf("%s", got)
			}
		})
	})
}

// After sleep during a pass there is a full pass.
func TestAsleepDuringPass(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		s.setWallJump(time.Hour)
		s.expect(time.Second, "part [a], full")
	})
}

// A waiting pair is retried at once when the machine wakes up.
func TestAsleepWhileWaiting(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.openErr = errGone }, func(t *testing.T, s *harness) {
		s.advance(time.Hour)
		s.take()
		s.set(func() { s.openErr = nil })
		s.setWallJump(time.Hour)
		s.expect(31*time.Second, "open, full")
	})
}

func (s *harness) setWallJump(d time.Duration) {
	s.stageMu.Lock()
	defer s.stageMu.Unlock()
	s.wallJump = d
}
