package watch

import (
	"testing"
	"testing/synctest"
	"time"
)

// A paused watch lets go of both sides and does nothing, whatever happens, until it is
// resumed. Then it looks at everything.
func TestPause(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(10*time.Second, "open, full")
		s.w.Pause()
		s.expect(time.Second, "close")
		s.expectState(Paused, "")
		s.hint("a")
		s.w.Poke()
		s.expect(3*time.Hour, "")
		s.expectState(Paused, "")
		s.w.Resume()
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
		if got := s.w.Status().Queue; got != 0 {
			t.Errorf("queue %d", got)
		}
	})
}

// A pause ends a long pass, and its paths wait for the next one.
func TestPauseEndsThePass(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return time.Hour } }, func(t *testing.T, s *harness) {
		s.advance(70 * time.Minute) // the connection is there, and a pass runs
		s.expectState(Syncing, "")
		s.take()
		s.set(func() { s.duration = nil })
		s.w.Pause()
		s.advance(time.Second)
		s.expectState(Paused, "")
		if s.open || s.busy {
			t.Errorf("open %v, busy %v", s.open, s.busy)
		}
		s.w.Resume()
		s.expect(time.Second, "full, close, open, full")
		s.expectState(Idle, "")
	})
}

// A pair that is paused can be handed over, and is still paused afterwards.
func TestHandOverWhilePaused(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(10*time.Second, "open, full")
		s.w.Pause()
		s.expect(time.Second, "close")
		takeBack, err := s.w.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.expectState(HandedOver, "")
		takeBack()
		s.expect(time.Hour, "")
		s.expectState(Paused, "")
	})
}
