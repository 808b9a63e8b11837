package cli

import (
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/history"
	"ferry/manifest"
	"ferry/sync"
)

// The lines of the history say what was done where, and why, whatever is in them.
func TestLogLines(t *testing.T) {
	at := time.Date(2026, 11, 29, 14, 3, 0, 0, time.Local)
	action := func(op sync.Op, side sync.Side, from, path manifest.Path, why string, local, remote sync.Change, err string) history.Line {
		a := history.NewAction(op, side, path)
		a.SetFrom(from)
		a.Why, a.LocalChange, a.RemoteChange = why, local, remote
		return history.Line{Type: history.TypeAction, Time: at, Command: "push", Profile: "site", By: history.Who(), Action: &a, Error: err}
	}
	pass := history.Line{Type: history.TypePass, Time: at, Command: "sync", Pass: "p", By: "ann@laptop", Sides: &history.Sides{Local: "/home/ann/pics"}, End: &history.End{Exit: 4}, Error: "no\x1b\n  route\n"}
	whole := history.Line{Type: history.TypePass, Time: at, Command: "sync", Profile: "site", End: &history.End{Summary: &sync.Summary{Uploaded: 1, Seconds: 2}}}
	begin := history.Line{Type: history.TypeBegin, Time: at, Command: "sync", Pass: "q", Profile: "site", Sides: &history.Sides{}}
	ended := begin
	ended.Pass = "p"
	unnamed := action(sync.Upload, sync.Remote, "", "a", "changed", sync.Changed, "", "")
	unnamed.Profile, unnamed.Pair = "", "k"
	direct := &app.Pair{Profile: config.NewProfile("")}
	direct.Local = "/home/ann/pics"
	const head = "2026-11-29 14:03  "
	for _, c := range []struct {
		lines logLines
		line  history.Line
		want  string
	}{
		{logLines{named: true}, action(sync.Upload, sync.Remote, "", "css/a.css", "changed", sync.Changed, "", ""), head + "push  site  uploaded css/a.css (changed here)"},
		{logLines{named: true, pairs: map[string]*app.Pair{"k": direct}}, unnamed, head + "push  pics  uploaded a (changed here)"},
		{logLines{named: true}, unnamed, head + "push  -  uploaded a (changed here)"},
		{logLines{}, action(sync.Upload, sync.Remote, "", "a", "not on the local side", "", sync.Changed, ""), head + "push  uploaded a (not on the local side)"},
		{logLines{}, action(sync.Download, sync.Local, "", "a", "x", sync.Changed, "", ""), head + "push  downloaded a (x)"},
		{logLines{}, action(sync.Download, sync.Local, "", "a\x1b\xff", "", "", sync.Created, ""), head + `push  downloaded a\x1b\xff (new on the server)`},
		{logLines{}, action(sync.Delete, sync.Local, "", "a", "", "", sync.Deleted, ""), head + "push  deleted a here (deleted on the server)"},
		{logLines{}, action(sync.Rename, sync.Remote, "old%s", "new%d", "", sync.Renamed, "", ""), head + "push  renamed old%s to new%d on the server (renamed here)"},
		{logLines{}, action(sync.Rename, sync.Local, "old", "new", "", "", sync.Renamed, "no\nway"), head + "push  could not rename old to new here (renamed on the server): no; way"},
		{logLines{}, action(sync.Adopt, sync.Local, "", "a", "equal", sync.Created, sync.Created, ""), head + "push  found a equal on both sides"},
		{logLines{}, action("polish", sync.Remote, "", "a", "why not", "", "", ""), head + "push  polish a (why not)"},
		{logLines{failed: true}, action(sync.Mkdir, sync.Local, "", "a", "", "", "", ""), ""},
		{logLines{failed: true}, action(sync.Mkdir, sync.Local, "", "a", "", "", "", "no"), head + "push  could not make the directory a/ here: no"},
		{logLines{all: true, named: true}, pass, head + `sync  pics  failed: no\x1b;   route, by ann@laptop`},
		{logLines{}, pass, ""},
		{logLines{all: true}, whole, ""},
		{logLines{all: true, verbose: true}, whole, head + "sync  pass: up 1 file 0 B, 2.0 s"},
		{logLines{all: true, verbose: true, failed: true}, whole, ""},
		{logLines{all: true}, begin, head + "sync  did not finish: it was killed, or is still running"},
		{logLines{all: true}, ended, ""},
		{logLines{}, begin, ""},
	} {
		c.lines.ended = map[string]bool{"p": true}
		if got := c.lines.line(&c.line); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestParseSince(t *testing.T) {
	now := time.Date(2026, 11, 29, 14, 3, 0, 0, time.UTC)
	for in, want := range map[string]time.Time{
		"2d": now.AddDate(0, 0, -2), "90m": now.Add(-90 * time.Minute), "2026-11-28": time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC),
		"2026-11-28 10:30": time.Date(2026, 11, 28, 10, 30, 0, 0, time.UTC), "2026-11-28T10:30:00Z": time.Date(2026, 11, 28, 10, 30, 0, 0, time.UTC),
		"yesterday": {}, "": {}, "-2d": {}, "2": {},
	} {
		if got, err := parseSince(in, now); !got.Equal(want) || (err == nil) == want.IsZero() {
			t.Errorf("%q: %v, %v, want %v", in, got, err, want)
		}
	}
}
