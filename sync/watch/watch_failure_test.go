package watch

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/sync"
)

// The network is down for an hour. The state says so, the tries become rarer, and
// at the end there is a full pass, which covers the hint that was not carried out.
func TestNetworkGone(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.takeStates()
		s.set(func() { s.openErr, s.passErr = errGone, errGone })
		s.hint("a")
		s.expect(500*time.Millisecond, "part [a], close")
		s.expectState(Waiting, errGone.Error())
		if at := s.w.Status().NextTry; at.IsZero() || time.Until(at) > 2*time.Second {
			t.Errorf("next try %v", at)
		}
		s.advance(time.Hour)
		tries := s.take()
		if len(tries) < 15 || len(tries) > 30 {
			t.Errorf("%d tries in an hour", len(tries))
		}
		for i, c := range tries {
			if c.do != "open" {
				t.Errorf("%v while the network is down", c)
			}
			if i > 0 && c.began.Sub(tries[i-1].began) > 5*time.Minute+time.Second {
				t.Errorf("%v between two tries", c.began.Sub(tries[i-1].began))
			}
		}
		if got := s.w.Status().Queue; got != 1 {
			t.Errorf("queue %d, want the hint", got)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.advance(5 * time.Minute)
		if got := s.callsAfter(0); !strings.HasPrefix(got, "open, full") {
			t.Errorf("after the network came back: %s", got)
		}
		s.expectState(Idle, "")
		if got := s.w.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
		if got := s.takeStates(); !strings.HasPrefix(got, "syncing waiting idle") {
			t.Errorf("states %s", got)
		}
	})
}

// A server that restarts is used again within seconds.
func TestServerRestarts(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.passErr = errGone })
		s.advance(29*time.Second + 250*time.Millisecond)
		s.set(func() { s.passErr = nil })
		s.expect(3*time.Second, "poll 1 dirs, close, open, full")
		s.expectState(Idle, "")
	})
}

var errLogin = errors.New("530 login incorrect")

// A refused login is retried rarely, whatever else happens, and the status says
// why. With the right password a poke is enough to go on.
func TestPasswordChanged(t *testing.T) {
	change := func(o *Options, _ *fake) {
		o.LoginRefused = func(err error) bool { return errors.Is(err, errLogin) }
		o.Halts = o.LoginRefused
		o.Explain = func(error) (string, string) { return "", "correct the password" }
	}
	runWatch(t, change, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() {
			s.openErr, s.passErr = errors.Join(errLogin, sync.ErrFatal), errors.Join(errLogin, sync.ErrFatal)
		})
		s.advance(30 * time.Second)
		s.take()
		for range 24 * 60 {
			s.hint("a")
			s.setWallJump(2*time.Hour - s.wallJump) // the machine sleeps, too
			s.advance(time.Minute)
		}
		tries := s.take()
		if len(tries) < 40 || len(tries) > 60 {
			t.Errorf("%d logins in a day", len(tries))
		}
		for i, c := range tries[1:] {
			if pause := c.began.Sub(tries[i].began); pause < 2*time.Minute {
				t.Errorf("only %v between two logins", pause)
			}
		}
		st := s.w.Status()
		if st.State != Halted || !strings.Contains(st.Reason, "530") || st.Hint != "correct the password" || st.NextTry.IsZero() {
			t.Errorf("%+v", st)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.w.Poke()
		s.expect(2*time.Second, "open, full")
		s.expectState(Idle, "")
	})
}

// A poke while a login is refused causes one more try and does not reset the
// backoff.
func TestPokeWhileRefused(t *testing.T) {
	change := func(o *Options, f *fake) {
		o.LoginRefused = func(err error) bool { return true }
		f.openErr = errLogin
	}
	runWatch(t, change, func(t *testing.T, s *harness) {
		s.w.Poke()
		s.advance(10 * time.Second)
		s.w.Poke()
		if n := len(s.take()); n > 2 {
			t.Errorf("%d logins for a poke", n)
		}
		s.expect(10*time.Second, "open")
		s.expectState(Waiting, "530 login incorrect")
	})
}

var errEmptied = &sync.UnsafeError{What: "the local side is empty", Hint: "mount it"}

// A disk that is not mounted halts the pair and closes the session. When the disk is
// back the pair goes on.
func TestDiskUnmounted(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.takeStates()
		s.set(func() { s.passErr = errEmptied })
		s.hints <- Hint{Everything: true}
		s.expect(time.Second, "full, close")
		s.expectState(Halted, "the local side is empty")
		if got := s.w.Status().Hint; got != "mount it" {
			t.Errorf("hint %q", got)
		}
		since := s.w.Status().Since
		s.expect(4*time.Minute, "")
		s.expect(2*time.Minute, "open, full, close")
		s.hint("a")
		s.advance(10 * time.Minute)
		if got := s.w.Status(); got.State != Halted || got.Since != since || got.Queue != 1 {
			t.Errorf("after retries: %+v, want halted since %v", got, since)
		}
		s.take()
		s.set(func() { s.passErr = nil })
		if got := s.callsAfter(5 * time.Minute); !strings.HasPrefix(got, "open, full, poll") {
			t.Errorf("after the disk came back: %s", got)
		}
		s.expectState(Idle, "")
		if got := s.takeStates(); !strings.HasPrefix(got, "syncing halted idle") {
			t.Errorf("states %s", got)
		}
	})
}

func TestHintHastensRetry(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.passErr = errEmptied })
		s.hint("a")
		s.expect(time.Second, "part [a], close")
		s.advance(29 * time.Second)
		s.set(func() { s.passErr = nil })
		s.hint("b")
		s.expect(2*time.Second, "open, full")
	})
}

// Hints while a pair is halted do not cause one retry after another.
func TestHintsWhileHalted(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) { f.passErr = errEmptied }, func(t *testing.T, s *harness) {
		for range 60 * 10 {
			s.hint("a")
			s.advance(6 * time.Second)
		}
		if n := strings.Count(s.callsAfter(0), "full"); n < 12 || n > 20 {
			t.Errorf("%d full passes in an hour", n)
		}
	})
}

// While another machine works on the server the watch waits. It keeps its session,
// and makes no full pass after that.
func TestHeld(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.passErr = fmt.Errorf("locked by nas: %w", sync.ErrHeld) })
		s.hint("a")
		s.expect(500*time.Millisecond, "part [a]")
		s.expectState(Waiting, "locked by nas: "+sync.ErrHeld.Error())
		s.set(func() { s.passErr = nil })
		s.expect(2*time.Second, "part [a]")
		s.expectState(Idle, "")
	})
}

// A pair that waits or is halted is shown so until a pass does something.
func TestRetryShowsNothing(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) {
		f.passErr = errEmptied
		f.duration = func(call) time.Duration { return 5 * time.Second }
	},
		func(t *testing.T, s *harness) {
			s.advance(time.Minute)
			s.takeStates()
			s.set(func() { s.passErr = nil })
			s.w.Poke()
			s.advance(6 * time.Second)
			s.expectState(Halted, "the local side is empty")
			s.w.Observe(sync.Started{Action: &sync.Action{}})
			synctest.Wait()
			s.expectState(Syncing, "")
			s.advance(5 * time.Second)
			s.expectState(Idle, "")
		})
}
