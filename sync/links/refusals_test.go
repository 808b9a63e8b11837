package links

import (
	"testing"
	"time"
)

// TestRefusals holds that a refusal counts for a week, in later processes too, and only for
// the very link.
func TestRefusals(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 0, 0, 0, time.UTC)
	link := Try{Remote: true, Path: "d/l", Target: "nothing"}
	var saved []Refusal
	r := NewRefusals(nil)
	r.Save = func(all []Refusal) error { saved = all; return nil }
	r.Add(Refusal{Try: link, Why: "550", At: now})
	r.Add(Refusal{Try: Try{Path: "old"}, Why: "550", At: now.AddDate(0, -1, 0)})
	if err := r.Keep(now); err != nil || len(saved) != 1 {
		t.Fatalf("%v, saved: %+v", err, saved)
	}
	saved, r = nil, NewRefusals(saved)
	r.Save = func(all []Refusal) error { saved = all; return nil }
	if err := r.Keep(now); err != nil || saved != nil {
		t.Errorf("%v, saved without a change: %+v", err, saved)
	}
	leads := link
	leads.Leads = true
	for _, c := range []struct {
		try  Try
		now  time.Time
		want string
	}{
		{link, now, "550"},
		{link, now.AddDate(0, 0, 6), "550"},
		{link, now.AddDate(0, 0, 7), ""},
		{link, now.AddDate(0, 0, -1), "550"},
		{link, now.AddDate(0, -1, 0), ""},
		{leads, now, ""},
		{Try{Path: link.Path, Target: link.Target}, now, ""},
		{Try{Remote: true, Path: link.Path, Target: "other"}, now, ""},
	} {
		if got := r.Why(c.try, c.now); got != c.want {
			t.Errorf("%+v at %v: %q", c.try, c.now, got)
		}
	}
}
