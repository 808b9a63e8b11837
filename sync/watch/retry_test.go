package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A skipped conflict is counted once, a settled one each time.
func TestConflictsAreCounted(t *testing.T) {
	runWatch(t, func(o *Options, _ *fake) { o.PollRemote = false }, func(t *testing.T, s *harness) {
		s.advance(time.Second)
		for range 3 {
			s.set(func() {
				s.answer = func(c *call) {
					c.summary.Conflicts = 2
					s.w.Observe(sync.Planned{Plan: &sync.Plan{Conflicts: []sync.Conflict{{Path: "a", Skipped: true}, {Path: "b"}}}})
				}
			})
			s.w.Poke()
			s.advance(time.Second)
		}
		if got := s.w.Status().Conflicts; got != 4 {
			t.Errorf("%d conflicts, want 4", got)
		}
	})
}

// A conflict waits until a pass finds it settled. What a pass that failed has planned does
// not count, nor does a pass that had nothing to look at.
func TestConflictsWait(t *testing.T) {
	runWatch(t, func(o *Options, _ *fake) { o.PollRemote = false }, func(t *testing.T, s *harness) {
		s.advance(time.Second)
		plan := func(waiting ...manifest.Path) sync.Planned { return sync.Planned{Plan: &sync.Plan{Waiting: waiting}} }
		for _, c := range []struct {
			name string
			do   func(*call)
			want int
		}{
			{"two copies of earlier days", func(*call) { s.w.Observe(plan("a", "b")) }, 2},
			{"nothing to look at", func(*call) {}, 2},
			{"a pass that fails", func(c *call) { s.w.Observe(plan("a", "b", "c")); c.err = errGone }, 2},
			{"one is settled", func(*call) { s.w.Observe(plan("a")) }, 1},
			{"a second half", func(*call) { s.w.Observe(plan("a")); s.w.Observe(plan()) }, 0},
		} {
			s.set(func() { s.answer = c.do })
			s.w.Poke()
			s.advance(time.Second)
			if got := s.w.Status().ConflictsWaiting; got != c.want {
				t.Errorf("%s: %d conflicts wait, want %d", c.name, got, c.want)
			}
		}
	})
}

// A directory of the server in which something failed is left out of polls until
// its retry. The others are polled.
func TestFailingDownload(t *testing.T) {
	change := func(_ *Options, f *fake) { f.dirs = []manifest.Path{"d", "e"} }
	runWatch(t, change, func(t *testing.T, s *harness) {
		s.set(func() {
			s.answer = func(c *call) {
				if c.do == "full" || slices.Contains(c.scope.Remote, "d") {
					c.summary.Failed = 1
					a := &sync.Action{Op: sync.Download, Side: sync.Local, Path: "d/f"}
					s.w.Observe(sync.Finished{Action: a, Err: errGone})
				}
			}
		})
		s.advance(30 * time.Minute)
		tries, polls := 0, 0
		for _, c := range s.take() {
			if slices.Contains(c.scope.Remote, "d") {
				tries++
			}
			if slices.Contains(c.scope.Remote, "e") {
				polls++
			}
		}
		if tries < 8 || tries > 13 || polls < 15 {
			t.Errorf("%d tries in half an hour, among %d polls", tries, polls)
		}
	})
}

// A full pass with very many failures is repeated as a whole, not file by file.
func TestManyFailures(t *testing.T) {
	runWatch(t, func(o *Options, f *fake) { o.PollRemote = false }, func(t *testing.T, s *harness) {
		s.advance(time.Second)
		s.take()
		s.set(func() {
			s.answer = func(c *call) {
				for i := range 2 * maxQueued {
					c.summary.Failed++
					a := &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprint(i))}
					s.w.Observe(sync.Finished{Action: a, Err: errGone})
				}
			}
		})
		s.w.Poke()
		s.expect(50*time.Second, "full")
		s.expect(20*time.Second, "full")
		if got := s.w.Status(); got.Failed != 2*maxQueued || got.Queue != 0 {
			t.Errorf("failed %d, queue %d", got.Failed, got.Queue)
		}
		s.set(func() { s.answer = nil })
		s.advance(5 * time.Minute)
		if got := s.w.Status().Failed; got != 0 {
			t.Errorf("failed %d at the end", got)
		}
	})
}

// A file that fails is retried with growing delays, and does not stop others.
func TestFailingFile(t *testing.T) {
	bad := func(c *call) {
		for _, p := range c.scope.Local {
			if p == "bad" {
				c.summary.Failed = 1
			} else {
				c.summary.Uploaded++
			}
		}
	}
	runWatch(t, func(o *Options, f *fake) { o.PollRemote, f.answer = false, bad }, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.hint("bad")
		s.expect(time.Second, "part [bad]")
		if got := s.w.Status(); got.Queue != 1 || got.State != Idle || got.Last == nil || got.Last.Failed != 1 {
			t.Errorf("%+v", got)
		}
		s.hint("good")
		s.expect(time.Second, "part [good]")
		var tries []call
		for range 59 {
			s.advance(time.Minute)
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
		if got := s.w.Status().Queue; got != 0 {
			t.Errorf("queue %d at the end", got)
		}
	})
}

// If the events of a pass are known, only what failed is retried.
func TestFailuresAreObserved(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		s.set(func() {
			s.answer = func(c *call) {
				c.summary.Uploaded, c.summary.Failed = 2, 2
				s.w.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/up"}, Err: errGone})
				s.w.Observe(sync.Finished{Action: &sync.Action{Op: sync.Download, Side: sync.Local, Path: "e/down"}, Err: errGone})
				s.w.Observe(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "d/good"}})
			}
		})
		s.hint("d", "x", "y")
		s.expect(time.Second, "part [d x y]")
		s.set(func() { s.answer = nil })
		s.expect(6*time.Second, "part [d/up] 1 dirs")
	})
}

// A full pass in which files fail is repeated after a delay.
func TestFailuresOfFullPass(t *testing.T) {
	runWatch(t, func(o *Options, f *fake) {
		o.PollRemote = false
		f.answer = func(c *call) { c.summary.Failed = 3 }
	}, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		if got := s.w.Status().Failed; got != 3 {
			t.Errorf("%d failed, want 3", got)
		}
		s.advance(time.Hour)
		if n := strings.Count(s.callsAfter(0), "full"); n < 4 || n > 8 {
			t.Errorf("%d more full passes in an hour", n)
		}
		s.set(func() { s.answer = nil })
		s.advance(time.Hour)
		if s.take(); s.w.Status().Failed != 0 {
			t.Errorf("still %d failed", s.w.Status().Failed)
		}
	})
}
