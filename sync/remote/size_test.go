package remote

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestSessionsAreOpenedAhead holds when a pass has sessions opened before it asks for them.
func TestSessionsAreOpenedAhead(t *testing.T) {
	uploads := &sync.Plan{Actions: make([]sync.Action, 60)}
	for i := range uploads.Actions {
		uploads.Actions[i].Op = sync.Upload
	}
	for _, c := range []struct {
		name   string
		event  sync.Event
		known  int
		dryRun bool
		want   int
	}{
		{"many new local files", sync.Scanned{Side: sync.Local, Files: 60}, 0, false, 3},
		{"files that the base has", sync.Scanned{Side: sync.Local, Files: 60}, 60, false, 1},
		{"files of the server", sync.Scanned{Side: sync.Remote, Files: 60}, 0, false, 1},
		{"a plan with many files", sync.Planned{Plan: uploads}, 60, false, 3},
		{"a plan without", sync.Planned{Plan: &sync.Plan{}}, 0, false, 1},
		{"a dry run", sync.Planned{Plan: uploads}, 0, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newFixture(t, ftpserver.Options{})
			d := open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) { o.Connections = 3 })
			told := 0
			o := sync.Options{DryRun: c.dryRun, Observer: func(sync.Event) { told++ }}
			d.Fit(&o, func() int { return c.known })
			o.Observer(c.event)
			if o.Workers != 3 || o.Parts() != 3 || told != 1 {
				t.Errorf("%d workers, %d parts, told %d times", o.Workers, o.Parts(), told)
			}
			for end := time.Now().Add(10 * time.Second); d.server.pool.Ready() < c.want && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			d.Close()                                     // no login is under way after that
			if n := loggedIn(h.server) - 1; n != c.want { // one is that of the fixture
				t.Errorf("%d sessions, want %d", n, c.want)
			}
		})
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
