package watch

import (
	"testing"
	"time"
)

func TestStart(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expectState(Starting, "")
		s.expect(time.Second, "open, full")
		s.expectState(Idle, "")
		s.expect(28*time.Second, "")
		s.expect(2*time.Second, "poll 1 dirs")
	})
}

func TestHint(t *testing.T) {
	on(t, nil, func(t *testing.T, s *stage) {
		s.expect(time.Second, "open, full")
		s.hint("a", "b/c", "b")
		s.expect(200*time.Millisecond, "part [a b]")
	})
}
