package watch

import (
	"strings"
	"testing"
	"time"
)

// A download comes back as a hint. That costs one pass, which finds nothing.
func TestDownloadsComeBack(t *testing.T) {
	runWatch(t, nil, func(t *testing.T, s *harness) {
		s.advance(time.Second)
		s.take()
		for range 10 {
			s.set(func() { s.answer = func(c *call) { c.summary.Downloaded = 1 } })
			for !strings.Contains(s.callsAfter(time.Second), "poll") {
			}
			s.set(func() { s.answer = nil })
			s.hint("down")
			s.expect(time.Second, "part [down]")
		}
	})
}

// A hint that each pass over it causes again is delayed more and more.
func TestPingPong(t *testing.T) {
	change := func(o *Options, f *fake) { o.PollRemote = false }
	runWatch(t, change, func(t *testing.T, s *harness) {
		s.expect(time.Second, "open, full")
		n := 0
		for range 3600 {
			s.hint("echo")
			s.advance(time.Second)
			n += len(s.take())
		}
		if n > 140 {
			t.Errorf("%d passes over an echo in an hour", n)
		}
		s.hint("other")
		s.expect(time.Second, "part [other]")
		s.set(func() { s.answer = func(c *call) { c.summary.Uploaded = 1 } })
		s.advance(2 * time.Minute)
		s.take()
		s.hint("echo")
		s.expect(time.Second, "part [echo]")
	})
}
