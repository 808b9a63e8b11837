package report

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// Lines that are written while bars are drawn arrive whole and in order, and
// none is lost at the end.
func TestBarsLetLinesThrough(t *testing.T) {
	var terminal lockedBuilder
	s := NewScreen(&terminal)
	b := newBars(onTerminal(s, &terminal), func() string { return "waiting" })
	plan := &sync.Plan{}
	for i := range 40 {
		plan.Actions.Add(-1, sync.Action{Op: sync.Upload, Side: sync.Remote, Path: manifest.Path(fmt.Sprintf("f%d", i)), Size: 2 << 20})
	}
	b.event(sync.Planned{Plan: plan})
	for i := range plan.Actions.Len() {
		a := plan.Actions.At(i)
		b.event(sync.Started{Action: a})
		b.event(sync.Progress{Action: a, N: a.Size})
		fmt.Fprintf(s, "line %d\n", i)
		b.event(sync.Finished{Action: a})
	}
	b.close()
	fmt.Fprintf(s, "last line\n")
	text, from := terminal.String(), 0
	for i := range plan.Actions.Len() {
		at := strings.Index(text[from:], fmt.Sprintf("line %d\n", i))
		if at < 0 {
			t.Fatalf("line %d is lost or out of order in %q", i, text)
		}
		from += at
	}
	if !strings.HasSuffix(text, "last line\n") {
		t.Errorf("the last line is not the last: %q", text[max(0, len(text)-80):])
	}
}

func onTerminal(s *Screen, w io.Writer) Options {
	return Options{Screen: s, Terminal: w, Width: 80, Now: time.Now}
}

// A pass that never has a plan, and one that has two, end the bars as well.
func TestBarsEnd(t *testing.T) {
	for _, plans := range []int{0, 1, 2} {
		var terminal lockedBuilder
		b := newBars(onTerminal(NewScreen(&terminal), &terminal), func() string { return "waiting" })
		for range plans {
			b.event(sync.Planned{Plan: onePlan()})
		}
		b.close()
	}
	var none *bars
	none.event(sync.Planned{Plan: onePlan()})
	none.close()
}

func TestElide(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"short.txt", "short.txt"},
		{"a-very-long-name-of-a-photograph.jpeg", "a-very-long-name-...raph.jpeg"},
	} {
		if got := elide(test.in, 29); got != test.want {
			t.Errorf("elide(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}
