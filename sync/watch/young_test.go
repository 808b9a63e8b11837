package watch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A file that a pass left alone because it was too young is looked at again when it is old
// enough, although nothing reports it then. What is on the server is polled anyway.
func TestYoungFilesAreLookedAtAgain(t *testing.T) {
	var h *harness
	leave := func(path manifest.Path, side sync.Side, until time.Time) {
		h.w.Observe(sync.Planned{Plan: &sync.Plan{Skips: []sync.Skip{{Path: path, Side: side, Special: true, Until: until}}}})
	}
	runWatch(t, func(o *Options, f *fake) {
		o.Poll = time.Hour
		f.answer = func(c *call) {
			if c.do == "full" {
				leave("young", sync.Local, time.Now().Add(5*time.Minute))
				leave("younger", sync.Local, time.Now().Add(6*time.Minute))
				leave("there", sync.Remote, time.Now().Add(5*time.Minute))
			}
		}
	}, func(t *testing.T, s *harness) {
		s.mu.Lock()
		h = s
		s.mu.Unlock()
		s.expect(time.Second, "open, full")
		for _, step := range []struct {
			wait  time.Duration
			parts string
		}{{4 * time.Minute, ""}, {time.Minute, "part [young]"}, {time.Minute, "part [younger]"}, {10 * time.Minute, ""}} {
			s.advance(step.wait)
			calls := strings.Split(s.callsAfter(0), ", ")
			got := strings.Join(slices.DeleteFunc(calls, func(c string) bool { return !strings.HasPrefix(c, "part") }), ", ")
			if got != step.parts {
				t.Errorf("after %s more: %q, want %q", step.wait, got, step.parts)
			}
		}
	})
}
