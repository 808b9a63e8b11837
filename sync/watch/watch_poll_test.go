package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
)

// The server is polled even if hints come all the time.
func TestPollsAmongHints(t *testing.T) {
	runWatch(t, func(_ *Options, f *fake) {
		f.duration = func(call) time.Duration { return time.Second }
		f.answer = func(c *call) { c.summary.Uploaded = len(c.scope.Local) }
	}, func(t *testing.T, s *harness) {
		for i := range 3000 {
			s.hint(manifest.Path(fmt.Sprint(i)))
			s.advance(200 * time.Millisecond)
		}
		if n := strings.Count(s.callsAfter(0), "poll"); n < 15 {
			t.Errorf("%d polls in ten minutes", n)
		}
	})
}

func TestPollIntervals(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.advance(4 * time.Hour)
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
			t.Errorf("the interval grew only to %v", longest)
		}
		s.hint("a") // activity
		s.advance(31 * time.Second)
		s.take()
		s.expect(30*time.Second, "poll 1 dirs")
		s.expect(30*time.Second, "poll 1 dirs")
	})
}

func TestFullPasses(t *testing.T) {
	runWatch(t, func(o *Options, _ *fake) { o.PollRemote = false }, func(t *testing.T, s *harness) {
		s.advance(10*time.Hour + 5*time.Minute)
		if n := strings.Count(s.callsAfter(0), "full"); n != 11 {
			t.Errorf("%d full passes in ten hours", n)
		}
	})
}

// An idle session is told to rest every minute, and Rest is cancelled as soon as
// there is work.
func TestRest(t *testing.T) {
	runWatch(t, func(o *Options, f *fake) {
		o.PollRemote = false
		f.duration = func(c call) time.Duration {
			if c.do == "rest" {
				return 5 * time.Second
			}
			return 0
		}
	}, func(t *testing.T, s *harness) {
		s.expect(50*time.Second, "open, full")
		s.expect(2*time.Minute, "rest, rest")
		s.expect(time.Minute, "rest")
		for s.w.Status(); ; {
			s.advance(time.Second)
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

// Polls go on when the channel of hints is closed, or nil.
func TestNoHints(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		close(s.hints)
		s.expect(31*time.Second, "open, full, poll 1 dirs")
	})
	runWatch(t, func(o *Options, _ *fake) { o.Hints = nil }, func(t *testing.T, s *harness) {
		s.expect(31*time.Second, "open, full, poll 1 dirs")
	})
}
