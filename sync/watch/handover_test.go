package watch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestHandOver(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return time.Second } }, func(t *testing.T, s *harness) {
		s.expect(10*time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		takeBack, err := s.w.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.expect(0, "part [a], close")
		synctest.Wait()
		s.expectState(HandedOver, "")
		s.hint("b")
		s.w.Poke()
		s.expect(time.Hour, "")

		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.w.HandOver(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("handed over twice: %v", err)
		}
		takeBack()
		takeBack()
		s.expect(3*time.Second, "open, full")
		s.expectState(Idle, "")
		if got := s.w.Status().Queue; got != 0 {
			t.Errorf("queue %d", got)
		}
	})
}

// A handover cancels an attempt to connect.
func TestHandOverWhileOpening(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return time.Minute } }, func(t *testing.T, s *harness) {
		takeBack, err := s.w.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := s.callsAfter(0); got != "open" {
			t.Errorf("%s", got)
		}
		s.expectState(HandedOver, "")
		takeBack()
		s.expect(150*time.Second, "open, full")
	})
}

func TestHandOverWhileHalted(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.passErr = errEmptied }, func(t *testing.T, s *harness) {
		s.advance(time.Minute)
		s.take()
		takeBack, err := s.w.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.expectState(HandedOver, "")
		s.set(func() { s.passErr = nil })
		takeBack()
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
	})
}

// A handover waits for a long pass to end. A caller that gives up leaves nothing
// behind.
func TestHandOverGivesUp(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return time.Minute } }, func(t *testing.T, s *harness) {
		s.advance(70 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.w.HandOver(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		s.expect(time.Minute, "open, full")
		s.expectState(Syncing, "") // a full pass, after the request was withdrawn
	})
}

func TestHandOverWithoutRun(t *testing.T) {
	k := New(Options{})
	takeBack, err := k.HandOver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	takeBack()
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.stop()
		s.advance(time.Second)
		takeBack, err := s.w.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		takeBack()
	})
}
