package datamode

import (
	"slices"
	"testing"
)

func TestModeCandidates(t *testing.T) {
	tracker := &Tracker{Allow: All}
	order := func() []Mode { m, _ := tracker.Candidates(); return m }
	if got := order(); !slices.Equal(got, All) {
		t.Fatal(got)
	}
	tracker.Worked(EPRT)
	if got := order(); !slices.Equal(got, []Mode{EPRT, EPSV, PASV, PORT}) {
		t.Errorf("what works comes first: %v", got)
	}
	for _, m := range []Mode{EPRT, PORT, EPSV, PASV} {
		tracker.Failed(m, &Trace{Mode: m.String()})
	}
	if got := order(); len(got) > 0 {
		t.Errorf("all failed, and still %v", got)
	}
	if got := order(); !slices.Equal(got, All) {
		t.Errorf("after all failed the next operation tries all again: %v", got)
	}
}
