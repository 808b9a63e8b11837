package watch

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
)

func TestStart(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expectState(Starting, "")
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
		s.expect(28*time.Second, "")
		s.expect(2*time.Second, "poll 1 dirs")
		if got, want := s.takeStates(), "starting syncing idle syncing idle"; got != want {
			t.Errorf("states %s, want %s", got, want)
		}
	})
}

func TestHint(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.hint("a", "b/c", "b")
		s.expect(200*time.Millisecond, "part [a b]")
	})
}

// Hints that come during a pass wait for it to end, and are then taken together.
func TestHintsDuringPass(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return 10 * time.Second } }, func(t *testing.T, s *harness) {
		s.expect(25*time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		for i := range 50 {
			s.hint(manifest.Path(fmt.Sprintf("d/%d", i%10)))
		}
		s.advance(time.Second)
		if got := s.w.Status().Queue; got != 10 {
			t.Errorf("queue %d during the pass, want 10", got)
		}
		s.expectState(Syncing, "")
		s.expect(10*time.Second, "part [a]")
		s.expect(10*time.Second, "part [d/0 d/1 d/2 d/3 d/4 d/5 d/6 d/7 d/8 d/9]")
		if got := s.w.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
	})
}

func TestHintOfEverything(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.hint("a")
		s.hints <- Hint{Everything: true}
		s.expect(time.Second, "part [a], full")
	})
}

// A watcher that keeps losing events does not cause one full pass after another.
func TestStormOfEverything(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.duration = func(call) time.Duration { return 2 * time.Second } }, func(t *testing.T, s *harness) {
		s.advance(10 * time.Second)
		s.take()
		for range 600 {
			s.hints <- Hint{Everything: true}
			s.advance(100 * time.Millisecond)
		}
		if n := strings.Count(s.callsAfter(0), "full"); n < 10 || n > 16 {
			t.Errorf("%d full passes of 2 s in a minute", n)
		}
	})
}

func TestTooManyPaths(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.openErr, s.passErr = errGone, errGone })
		s.hint("a")
		s.advance(time.Minute)
		for i := range maxQueued + 10 {
			s.hint(manifest.Path(fmt.Sprint(i)))
		}
		s.advance(0)
		if got := s.w.Status().Queue; got > maxQueued {
			t.Errorf("queue %d", got)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.advance(5 * time.Minute)
		s.expectState(Idle, "")
	})
}

// Run ends in every state, and closes the session.
func TestCancel(t *testing.T) {
	slow := func(f *fake, do string) func(call) time.Duration {
		return func(c call) time.Duration {
			if c.do == do {
				return time.Hour
			}
			return time.Millisecond
		}
	}
	for name, test := range map[string]struct {
		change func(o *Options, f *fake)
		state  State
	}{
		"opening":     {func(o *Options, f *fake) { f.duration = slow(f, "open") }, Starting},
		"a full pass": {func(o *Options, f *fake) { f.duration = slow(f, "full") }, Syncing},
		"a poll":      {func(o *Options, f *fake) { f.duration = slow(f, "poll") }, Syncing},
		"resting":     {func(o *Options, f *fake) { f.duration, o.PollRemote = slow(f, "rest"), false }, Idle},
		"idle":        {nil, Idle},
		"waiting":     {func(o *Options, f *fake) { f.openErr = errGone }, Waiting},
		"halted":      {func(o *Options, f *fake) { f.passErr = errEmptied }, Halted},
	} {
		t.Run(name, func(t *testing.T) {
			runWatch(t, test.change, func(t *testing.T, s *harness) {
				s.advance(89 * time.Second)
				if got := s.w.Status().State; got != test.state {
					t.Errorf("state %q, want %q", got, test.state)
				}
			})
		})
	}
	t.Run("lent", func(t *testing.T) {
		runWatch(t, nil, func(t *testing.T, s *harness) {
			if _, err := s.w.HandOver(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestRunOnce(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		if err := s.w.Run(t.Context()); err == nil {
			t.Error("Run succeeded twice")
		}
	})
}

// A listener that hangs delays neither passes nor the end of Run.
func TestSlowListener(t *testing.T) {
	var hang chan struct{}
	runWatch(t, func(o *Options, _ *fake) {
		hang = make(chan struct{})
		o.Changed = func(Status) { <-hang }
	}, func(t *testing.T, s *harness) {
		defer close(hang)
		s.expect(31*time.Second, "open, full, poll 1 dirs")
		s.states = append(s.states, Status{State: Stopped})
	})
}

// BeginScan is called before every pass, and its result after it.
func TestBeginScan(t *testing.T) {
	begun, done := 0, 0
	runWatch(t, func(o *Options, f *fake) {
		o.BeginScan = func() func() { begun++; return func() { done++ } }
	}, func(t *testing.T, s *harness) {
		s.expect(31*time.Second, "open, full, poll 1 dirs")
		s.hint("a")
		s.expect(time.Second, "part [a]")
		if begun != 3 || done != 3 {
			t.Errorf("began %d times and ended %d times, want 3", begun, done)
		}
	})
}
