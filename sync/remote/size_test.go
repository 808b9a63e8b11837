package remote

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/sync"
)

func TestSessionsFor(t *testing.T) {
	uploads := &sync.Plan{Actions: sync.ActionsOf(slices.Repeat([]sync.Action{{Op: sync.Upload}}, 60)...)}
	for _, c := range []struct {
		name  string
		event sync.Event
		known int
		want  int
	}{
		{"many new local files", sync.Scanned{Side: sync.Local, Files: 60}, 0, 20},
		{"files that the base has", sync.Scanned{Side: sync.Local, Files: 60}, 60, 0},
		{"a part of them", sync.Scanned{Side: sync.Local, Files: 5}, 60, -18},
		{"files of the server", sync.Scanned{Side: sync.Remote, Files: 60}, 0, 0},
		{"a plan with many files", sync.Planned{Plan: uploads}, 60, 20},
		{"a plan without", sync.Planned{Plan: &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Rename})}}, 0, 0},
		{"something else", sync.Ended{}, 0, 0},
	} {
		if got := sessionsFor(c.event, func() int { return c.known }); got != c.want {
			t.Errorf("%s: %d sessions, want %d", c.name, got, c.want)
		}
	}
}

// TestSessionsAreOpenedAhead holds that a pass has sessions opened before it asks for them.
func TestSessionsAreOpenedAhead(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	d := open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Connections = 3 })
	defer d.Close()
	told := 0
	o := sync.Options{Observer: func(sync.Event) { told++ }}
	d.Fit(&o, func() int { return 0 })
	o.Observer(sync.Scanned{Side: sync.Local, Files: 60})
	if o.Workers != 3 || o.Parts() != 3 || told != 1 {
		t.Errorf("%d workers, %d parts, told %d times", o.Workers, o.Parts(), told)
	}
	const want = 1 + 3 // one is that of the fixture
	for end := time.Now().Add(10 * time.Second); loggedIn(h.server) < want && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := loggedIn(h.server); n != want {
		t.Errorf("%d sessions, want %d", n, want)
	}
}

// loggedIn returns how many sessions have logged in so far.
func loggedIn(s *ftpserver.Server) int {
	n := 0
	for _, line := range s.Transcript() {
		if strings.Contains(line, " < 230 ") {
			n++
		}
	}
	return n
}
