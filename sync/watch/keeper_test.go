package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

func TestStart(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expectState(Starting, "")
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
		s.expect(28*time.Second, "")
		s.expect(2*time.Second, "poll 1 dirs")
		if got, want := s.told(), "starting syncing idle syncing idle"; got != want {
			t.Errorf("states %s, want %s", got, want)
		}
	})
}

func TestHint(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.hint("a", "b/c", "b")
		s.expect(200*time.Millisecond, "part [a b]")
	})
}

// Hints that come during a pass wait for its end, and are then looked at in one.
func TestHintsDuringPass(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.takes = func(call) time.Duration { return 10 * time.Second } }, func(t *testing.T, s *stage) {
		s.expect(25*time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		for i := range 50 {
			s.hint(manifest.Path(fmt.Sprintf("d/%d", i%10)))
		}
		s.pass(time.Second)
		if got := s.k.Status().Queue; got != 10 {
			t.Errorf("queue %d during the pass, want 10", got)
		}
		s.expectState(Passing, "")
		s.expect(10*time.Second, "part [a]")
		s.expect(10*time.Second, "part [d/0 d/1 d/2 d/3 d/4 d/5 d/6 d/7 d/8 d/9]")
		if got := s.k.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
	})
}

func TestHintOfEverything(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.hint("a")
		s.hints <- Hint{Everything: true}
		s.expect(time.Second, "part [a], full")
	})
}

// Watchers that lose events all the time do not keep the sides busy all the
// time.
func TestStormOfEverything(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.takes = func(call) time.Duration { return 2 * time.Second } }, func(t *testing.T, s *stage) {
		s.pass(10 * time.Second)
		s.take()
		for range 600 {
			s.hints <- Hint{Everything: true}
			s.pass(100 * time.Millisecond)
		}
		if n := strings.Count(s.happened(0), "full"); n < 10 || n > 16 {
			t.Errorf("%d full passes of 2 s in a minute", n)
		}
	})
}

func TestMorePathsThanAreWorthIt(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.openErr, s.passErr = errGone, errGone })
		s.hint("a")
		s.pass(time.Minute)
		for i := range mostQueued + 10 {
			s.hint(manifest.Path(fmt.Sprint(i)))
		}
		s.pass(0)
		if got := s.k.Status().Queue; got > mostQueued {
			t.Errorf("queue %d", got)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.pass(5 * time.Minute)
		s.expectState(Idle, "")
	})
}

// The same where nothing else is a reason to look at everything.
func TestMorePathsThanAreRemembered(t *testing.T) {
	q := newQueue()
	var h Hint
	for i := range mostQueued + 1 {
		h.Paths = append(h.Paths, manifest.Path(fmt.Sprint(i)))
	}
	q.hint(h, noon)
	if !q.everything || len(q.fresh) > 0 {
		t.Errorf("everything %v, and %d paths", q.everything, len(q.fresh))
	}
}

// The network is gone for an hour: a named state, tries that get rarer, and then
// a look at everything, with the hint that could not be carried out.
func TestNetworkGone(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.told()
		s.set(func() { s.openErr, s.passErr = errGone, errGone })
		s.hint("a")
		s.expect(500*time.Millisecond, "part [a], close")
		s.expectState(Waiting, errGone.Error())
		if at := s.k.Status().NextTry; at.IsZero() || time.Until(at) > 2*time.Second {
			t.Errorf("next try %v", at)
		}
		s.pass(time.Hour)
		tries := s.take()
		if len(tries) < 15 || len(tries) > 30 {
			t.Errorf("%d tries in an hour", len(tries))
		}
		for i, c := range tries {
			if c.do != "open" {
				t.Errorf("%v while the network is gone", c)
			}
			if i > 0 && c.began.Sub(tries[i-1].began) > 5*time.Minute+time.Second {
				t.Errorf("%v between two tries", c.began.Sub(tries[i-1].began))
			}
		}
		if got := s.k.Status().Queue; got != 1 {
			t.Errorf("queue %d, want the hint", got)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.pass(5 * time.Minute)
		if got := s.happened(0); !strings.HasPrefix(got, "open, full") {
			t.Errorf("after the network is back: %s", got)
		}
		s.expectState(Idle, "")
		if got := s.k.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
		if got := s.told(); !strings.HasPrefix(got, "syncing waiting idle") {
			t.Errorf("states %s", got)
		}
	})
}

// A server that restarts is back within seconds.
func TestServerRestarts(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.passErr = errGone })
		s.pass(29*time.Second + 250*time.Millisecond)
		s.set(func() { s.passErr = nil })
		s.expect(3*time.Second, "poll 1 dirs, close, open, full")
		s.expectState(Idle, "")
	})
}

var errLogin = errors.New("530 login incorrect")

// A login that is refused is tried rarely, whatever else happens, and the reason
// is named. It is let in again when the password is right.
func TestPasswordChanged(t *testing.T) {
	change := func(o *Options, _ *fake) {
		o.Refused = func(err error) bool { return errors.Is(err, errLogin) }
		o.Halts = o.Refused
		o.Explain = func(error) (string, string) { return "", "mend the password" }
	}
	on(t, change, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.set(func() {
			s.openErr, s.passErr = errors.Join(errLogin, sync.ErrFatal), errors.Join(errLogin, sync.ErrFatal)
		})
		s.pass(30 * time.Second)
		s.take()
		for range 24 * 60 {
			s.hint("a")
			s.setJump(2*time.Hour - s.jump) // the machine sleeps, too
			s.pass(time.Minute)
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
		st := s.k.Status()
		if st.State != Halted || !strings.Contains(st.Reason, "530") || st.Hint != "mend the password" || st.NextTry.IsZero() {
			t.Errorf("%+v", st)
		}
		s.set(func() { s.openErr, s.passErr = nil, nil })
		s.k.Poke()
		s.expect(2*time.Second, "open, full")
		s.expectState(Idle, "")
	})
}

// A poke while a login is refused is one try more, and not the beginning of
// many.
func TestPokeWhileRefused(t *testing.T) {
	change := func(o *Options, f *fake) {
		o.Refused = func(err error) bool { return true }
		f.openErr = errLogin
	}
	on(t, change, func(t *testing.T, s *stage) {
		s.k.Poke()
		s.pass(10 * time.Second)
		s.k.Poke()
		if n := len(s.take()); n > 2 {
			t.Errorf("%d logins for a poke", n)
		}
		s.expect(10*time.Second, "open")
		s.expectState(Waiting, "530 login incorrect")
	})
}

var errEmptied = &sync.UnsafeError{What: "the local side is empty", Hint: "mount it"}

// A disk that is not mounted halts the pair, without holding on to the sides; it
// goes on when the disk is back, and a hint hastens that.
func TestDiskUnmounted(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.told()
		s.set(func() { s.passErr = errEmptied })
		s.hints <- Hint{Everything: true}
		s.expect(time.Second, "full, close")
		s.expectState(Halted, "the local side is empty")
		if got := s.k.Status().Hint; got != "mount it" {
			t.Errorf("hint %q", got)
		}
		since := s.k.Status().Since
		s.expect(4*time.Minute, "")
		s.expect(2*time.Minute, "open, full, close")
		s.hint("a")
		s.pass(10 * time.Minute)
		if got := s.k.Status(); got.State != Halted || got.Since != since || got.Queue != 1 {
			t.Errorf("after looking again: %+v, want halted since %v", got, since)
		}
		s.take()
		s.set(func() { s.passErr = nil })
		if got := s.happened(5 * time.Minute); !strings.HasPrefix(got, "open, full, poll") {
			t.Errorf("after the disk is back: %s", got)
		}
		s.expectState(Idle, "")
		if got := s.told(); !strings.HasPrefix(got, "syncing halted idle") {
			t.Errorf("states %s", got)
		}
	})
}

func TestHintHastensLook(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.set(func() { s.passErr = errEmptied })
		s.hint("a")
		s.expect(time.Second, "part [a], close")
		s.pass(29 * time.Second)
		s.set(func() { s.passErr = nil })
		s.hint("b")
		s.expect(2*time.Second, "open, full")
	})
}

// Hints while a pair is halted do not make it look all the time.
func TestHintsWhileHalted(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.passErr = errEmptied }, func(t *testing.T, s *stage) {
		for range 60 * 10 {
			s.hint("a")
			s.pass(6 * time.Second)
		}
		if n := strings.Count(s.happened(0), "full"); n < 12 || n > 20 {
			t.Errorf("looked %d times in an hour", n)
		}
	})
}

// Another machine at work on the server is waited for, without letting go of
// the sides and without a look at everything.
func TestHeld(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
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

// A machine that slept, or a clock that was set, makes a look at everything.
func TestGaps(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"asleep": time.Hour, "set forward": 2 * time.Minute, "set back": -24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			on(t, nil, func(t *testing.T, s *stage) {
				s.expect(time.Second, "open, full")
				s.setJump(jump)
				if got := s.happened(30 * time.Second); !strings.HasPrefix(got, "full") {
					t.Errorf("within 30 s: %s", got)
				}
				s.pass(time.Hour / 2)
				if got := s.happened(0); strings.Contains(got, "full") {
					t.Errorf("again and again: %s", got)
				}
			})
		})
	}
	t.Run("a second", func(t *testing.T) {
		on(t, nil, func(t *testing.T, s *stage) {
			s.expect(time.Second, "open, full")
			for range 100 {
				s.setJump(s.jump + time.Second)
				s.pass(10 * time.Second)
			}
			if got := s.happened(0); strings.Contains(got, "full") {
				t.Errorf("%s", got)
			}
		})
	})
}

// Asleep in the middle of a pass: everything is looked at after it.
func TestAsleepDuringPass(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		s.setJump(time.Hour)
		s.expect(time.Second, "part [a], full")
	})
}

// A waiting pair is tried at once when the machine wakes up.
func TestAsleepWhileWaiting(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.openErr = errGone }, func(t *testing.T, s *stage) {
		s.pass(time.Hour)
		s.take()
		s.set(func() { s.openErr = nil })
		s.setJump(time.Hour)
		s.expect(31*time.Second, "open, full")
	})
}

func (s *stage) setJump(d time.Duration) {
	s.mu2.Lock()
	defer s.mu2.Unlock()
	s.jump = d
}

// A file that fails is tried again, ever more rarely, and stops no others.
func TestFailingFile(t *testing.T) {
	bad := func(c *call) {
		for _, p := range c.scope.Local {
			if p == "bad" {
				c.sum.Failed = 1
			} else {
				c.sum.Uploaded++
			}
		}
	}
	on(t, func(o *Options, f *fake) { o.Remote, f.answer = false, bad }, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.hint("bad")
		s.expect(time.Second, "part [bad]")
		if got := s.k.Status(); got.Queue != 1 || got.State != Idle || got.Last == nil || got.Last.Failed != 1 {
			t.Errorf("%+v", got)
		}
		s.hint("good")
		s.expect(time.Second, "part [good]")
		var tries []call
		for range 59 {
			s.pass(time.Minute)
			for _, c := range s.take() {
				if c.do == "part" {
					tries = append(tries, c)
				}
			}
		}
		if len(tries) < 7 || len(tries) > 10 {
			t.Errorf("%d tries in an hour", len(tries))
		}
		for i := range tries[2:] {
			first, second := tries[i+1].began.Sub(tries[i].began), tries[i+2].began.Sub(tries[i+1].began)
			if second < first*3/2 {
				t.Errorf("pauses of %v and %v", first, second)
			}
		}
		s.set(func() { s.answer = nil })
		s.hint("bad")
		s.expect(time.Second, "part [bad]")
		if got := s.k.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
	})
}

// Where the events of the pass are known, only what failed is tried again.
func TestFailuresAreObserved(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.set(func() {
			s.answer = func(c *call) {
				c.sum.Uploaded, c.sum.Failed = 2, 2
				s.k.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/up"}, Err: errGone})
				s.k.Observe(sync.Finished{Action: &sync.Action{Op: sync.Download, Side: sync.Local, Path: "e/down"}, Err: errGone})
				s.k.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/good"}})
			}
		})
		s.hint("d", "x", "y")
		s.expect(time.Second, "part [d x y]")
		s.set(func() { s.answer = nil })
		s.expect(6*time.Second, "part [d/up] 1 dirs")
	})
}

// A full pass in which files fail is repeated, but not without a rest.
func TestFailuresOfFullPass(t *testing.T) {
	on(t, func(o *Options, f *fake) {
		o.Remote = false
		f.answer = func(c *call) { c.sum.Failed = 3 }
	}, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		if got := s.k.Status().Failed; got != 3 {
			t.Errorf("%d failed, want 3", got)
		}
		s.pass(time.Hour)
		if n := strings.Count(s.happened(0), "full"); n < 4 || n > 8 {
			t.Errorf("%d more full passes in an hour", n)
		}
		s.set(func() { s.answer = nil })
		s.pass(time.Hour)
		if s.take(); s.k.Status().Failed != 0 {
			t.Errorf("still %d failed", s.k.Status().Failed)
		}
	})
}

// What a pass downloads comes back as a hint. That costs one pass, which finds
// nothing.
func TestDownloadsComeBack(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.pass(time.Second)
		s.take()
		for range 10 {
			s.set(func() { s.answer = func(c *call) { c.sum.Downloaded = 1 } })
			for !strings.Contains(s.happened(time.Second), "poll") {
			}
			s.set(func() { s.answer = nil })
			s.hint("down")
			s.expect(time.Second, "part [down]")
		}
	})
}

// A hint that each pass over it causes anew dies down.
func TestPingPong(t *testing.T) {
	change := func(o *Options, f *fake) { o.Remote = false }
	on(t, change, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		n := 0
		for range 3600 {
			s.hint("echo")
			s.pass(time.Second)
			n += len(s.take())
		}
		if n > 140 {
			t.Errorf("%d passes over an echo in an hour", n)
		}
		s.hint("other")
		s.expect(time.Second, "part [other]")
		s.set(func() { s.answer = func(c *call) { c.sum.Uploaded = 1 } })
		s.pass(2 * time.Minute)
		s.take()
		s.hint("echo")
		s.expect(time.Second, "part [echo]")
	})
}

// Hints without end leave room for the server.
func TestPollsAmongHints(t *testing.T) {
	on(t, func(_ *Options, f *fake) {
		f.takes = func(call) time.Duration { return time.Second }
		f.answer = func(c *call) { c.sum.Uploaded = len(c.scope.Local) }
	}, func(t *testing.T, s *stage) {
		for i := range 3000 {
			s.hint(manifest.Path(fmt.Sprint(i)))
			s.pass(200 * time.Millisecond)
		}
		if n := strings.Count(s.happened(0), "poll"); n < 15 {
			t.Errorf("%d polls in ten minutes", n)
		}
	})
}

func TestPollIntervals(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.pass(4 * time.Hour)
		var last time.Time
		longest := time.Duration(0)
		for _, c := range s.take() {
			if c.do != "poll" && c.do != "full" {
				continue
			}
			if c.do == "poll" && !last.IsZero() {
				pause := c.began.Sub(last)
				if pause < 30*time.Second || pause > 5*time.Minute+time.Second {
					t.Errorf("a poll after %v", pause)
				}
				longest = max(longest, pause)
			}
			last = c.began
		}
		if longest < 5*time.Minute {
			t.Errorf("the interval grew to %v only", longest)
		}
		s.hint("a") // activity
		s.pass(31 * time.Second)
		s.take()
		s.expect(30*time.Second, "poll 1 dirs")
		s.expect(30*time.Second, "poll 1 dirs")
	})
}

func TestFullPasses(t *testing.T) {
	on(t, func(o *Options, _ *fake) { o.Remote = false }, func(t *testing.T, s *stage) {
		s.pass(10*time.Hour + 5*time.Minute)
		if n := strings.Count(s.happened(0), "full"); n != 11 {
			t.Errorf("%d full passes in ten hours", n)
		}
	})
}

// A pair that rests is told so every minute, and something to do ends that at
// once.
func TestRest(t *testing.T) {
	on(t, func(o *Options, f *fake) {
		o.Remote = false
		f.takes = func(c call) time.Duration {
			if c.do == "rest" {
				return 5 * time.Second
			}
			return 0
		}
	}, func(t *testing.T, s *stage) {
		s.expect(50*time.Second, "open, full")
		s.expect(2*time.Minute, "rest, rest")
		s.expect(time.Minute, "rest")
		for s.k.Status(); ; {
			s.pass(time.Second)
			s.mu.Lock()
			busy := s.busy
			s.mu.Unlock()
			if busy {
				break
			}
		}
		s.hint("a")
		s.expect(time.Millisecond, "rest, part [a]")
	})
}

func TestLend(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.takes = func(call) time.Duration { return time.Second } }, func(t *testing.T, s *stage) {
		s.expect(10*time.Second, "open, full")
		s.hint("a")
		synctest.Wait()
		giveBack, err := s.k.Lend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.expect(0, "part [a], close")
		synctest.Wait()
		s.expectState(Lent, "")
		s.hint("b")
		s.k.Poke()
		s.expect(time.Hour, "")

		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.k.Lend(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lent twice: %v", err)
		}
		giveBack()
		giveBack()
		s.expect(3*time.Second, "open, full")
		s.expectState(Idle, "")
		if got := s.k.Status().Queue; got != 0 {
			t.Errorf("queue %d", got)
		}
	})
}

// Lending ends an attempt to connect, and a wait.
func TestLendWhileOpening(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.takes = func(call) time.Duration { return time.Minute } }, func(t *testing.T, s *stage) {
		giveBack, err := s.k.Lend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := s.happened(0); got != "open" {
			t.Errorf("%s", got)
		}
		s.expectState(Lent, "")
		giveBack()
		s.expect(150*time.Second, "open, full")
	})
}

func TestLendWhileHalted(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.passErr = errEmptied }, func(t *testing.T, s *stage) {
		s.pass(time.Minute)
		s.take()
		giveBack, err := s.k.Lend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.expectState(Lent, "")
		s.set(func() { s.passErr = nil })
		giveBack()
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
	})
}

// A pass that takes long is not lent away in its middle; who does not want to
// wait gives up, and nothing is left of that.
func TestLendGivesUp(t *testing.T) {
	on(t, func(_ *Options, f *fake) { f.takes = func(call) time.Duration { return time.Minute } }, func(t *testing.T, s *stage) {
		s.pass(70 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.k.Lend(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		s.expect(time.Minute, "open, full")
		s.expectState(Passing, "") // the borrower is back: everything
	})
}

func TestLendWithoutRun(t *testing.T) {
	k := New(Options{})
	giveBack, err := k.Lend(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	giveBack()
	on(t, nil, func(t *testing.T, s *stage) {
		s.stop()
		s.pass(time.Second)
		giveBack, err := s.k.Lend(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		giveBack()
	})
}

// Run ends in every state, and lets go of the sides.
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
		"opening":     {func(o *Options, f *fake) { f.takes = slow(f, "open") }, Starting},
		"a full pass": {func(o *Options, f *fake) { f.takes = slow(f, "full") }, Passing},
		"a poll":      {func(o *Options, f *fake) { f.takes = slow(f, "poll") }, Passing},
		"resting":     {func(o *Options, f *fake) { f.takes, o.Remote = slow(f, "rest"), false }, Idle},
		"idle":        {nil, Idle},
		"waiting":     {func(o *Options, f *fake) { f.openErr = errGone }, Waiting},
		"halted":      {func(o *Options, f *fake) { f.passErr = errEmptied }, Halted},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, test.change, func(t *testing.T, s *stage) {
				s.pass(89 * time.Second)
				if got := s.k.Status().State; got != test.state {
					t.Errorf("state %q, want %q", got, test.state)
				}
			})
		})
	}
	t.Run("lent", func(t *testing.T) {
		on(t, nil, func(t *testing.T, s *stage) {
			if _, err := s.k.Lend(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestRunOnce(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		if err := s.k.Run(t.Context()); err == nil {
			t.Error("ran twice at once")
		}
	})
}

// Hints that end, and keepers without any, poll on.
func TestNoHints(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		close(s.hints)
		s.expect(31*time.Second, "open, full, poll 1 dirs")
	})
	on(t, func(o *Options, _ *fake) { o.Hints = nil }, func(t *testing.T, s *stage) {
		s.expect(31*time.Second, "open, full, poll 1 dirs")
	})
}

// A listener that hangs delays no pass, and ends are told in order.
func TestSlowListener(t *testing.T) {
	var hang chan struct{}
	on(t, func(o *Options, _ *fake) {
		hang = make(chan struct{})
		o.Changed = func(Status) { <-hang }
	}, func(t *testing.T, s *stage) {
		defer close(hang)
		s.expect(31*time.Second, "open, full, poll 1 dirs")
		s.states = append(s.states, Status{State: Stopped})
	})
}

// Looking brackets every pass.
func TestLooking(t *testing.T) {
	begun, done := 0, 0
	on(t, func(o *Options, f *fake) {
		o.Looking = func() func() { begun++; return func() { done++ } }
	}, func(t *testing.T, s *stage) {
		s.expect(31*time.Second, "open, full, poll 1 dirs")
		s.hint("a")
		s.expect(time.Second, "part [a]")
		if begun != 3 || done != 3 {
			t.Errorf("began %d times and was done %d times, want 3", begun, done)
		}
	})
}

// A pair that waits or is halted shows that until a pass does something.
func TestLookAgainShowsNothing(t *testing.T) {
	on(t, func(_ *Options, f *fake) {
		f.passErr = errEmptied
		f.takes = func(call) time.Duration { return 5 * time.Second }
	},
		func(t *testing.T, s *stage) {
			s.pass(time.Minute)
			s.told()
			s.set(func() { s.passErr = nil })
			s.k.Poke()
			s.pass(6 * time.Second)
			s.expectState(Halted, "the local side is empty")
			s.k.Observe(sync.Started{Action: &sync.Action{}})
			synctest.Wait()
			s.expectState(Passing, "")
			s.pass(5 * time.Second)
			s.expectState(Idle, "")
		})
}
