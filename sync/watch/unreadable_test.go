package watch

import (
	"errors"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// Changes that were not carried over because something could not be read are
// retried like failures: there will be no second hint.
func TestUnreadableIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		side  sync.Side
		fails string // an operation on it
		full  bool   // in a pass over everything
	}{
		{"a directory of the server cannot be listed", sync.Remote, "list", false},
		{"a directory of the server cannot be listed at first", sync.Remote, "list", true},
		{"a local file cannot be read", sync.Local, "sum", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			withEngine(t, func(h *engineHarness) {
				for _, p := range []string{"d/a", "d/b", "e/c"} {
					h.sides[sync.Local].Write(p, "old", time.Time{})
				}
				time.Sleep(40 * time.Second)
				h.wantEqual()
				h.setFail(func(s sync.Side, op string, p manifest.Path) error {
					if s == c.side && op == c.fails && p.Within("d") {
						return errors.New("try again later")
					}
					return nil
				})
				h.sides[sync.Local].Write("d/a", "new", time.Time{})
				if c.full {
					h.w.Poke()
				} else {
					h.touch("d/a")
				}
				time.Sleep(2 * time.Minute)
				if h.w.Status().Failed == 0 {
					t.Errorf("no failure is reported: %+v", h.w.Status())
				}
				h.setFail(nil)
				time.Sleep(10 * time.Minute)
				h.wantEqual()
				if got := h.w.Status(); got.State != Idle || got.Failed != 0 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// What can never be read is retried with growing delays, and changes beside it do
// not make that sooner.
func TestUnreadableForGood(t *testing.T) {
	withEngine(t, func(h *engineHarness) {
		for _, p := range []string{"d/a", "d/sub/b"} {
			h.sides[sync.Local].Write(p, "old", time.Time{})
		}
		time.Sleep(40 * time.Second)
		h.sides[sync.Local].Deny("d/sub", "permission denied")
		h.w.Poke()
		time.Sleep(4 * time.Hour)
		h.takeCounts()
		for range 60 {
			h.write(sync.Local, "d/a", time.Now().String())
			time.Sleep(time.Minute)
		}
		if _, parts, _ := h.takeCounts(); parts > 60+8 {
			t.Errorf("%d passes over hints in an hour of 60 changes", parts)
		}
		if h.w.Status().Failed == 0 {
			t.Errorf("no failure is reported: %+v", h.w.Status())
		}
	})
}
