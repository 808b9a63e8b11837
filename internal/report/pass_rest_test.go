package report

import (
	"bytes"
	"io"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// The last line of a pass with nothing to do claims no more than the pass knows, and
// names the conflicts that wait.
func TestLastLineAtRest(t *testing.T) {
	special, edited := sync.Skip{Path: "link", Special: true}, sync.Skip{Path: "a", Why: "changed on the remote side only"}
	for _, c := range []struct {
		name      string
		direction sync.Direction
		plan      sync.Plan
		sum       sync.Summary
		quiet     bool
		want      string
	}{
		{"both ways", sync.Both, sync.Plan{}, sync.Summary{}, false, "in sync: 0.0 s\n"},
		{"quiet", sync.Both, sync.Plan{}, sync.Summary{}, true, ""},
		{"a push that looked everywhere", sync.Push, sync.Plan{Skips: []sync.Skip{special}}, sync.Summary{Skipped: 1}, false,
			"in sync: skipped 1, 0.0 s\n"},
		{"a push that did not", sync.Push, sync.Plan{}, sync.Summary{NotListed: 2}, false,
			"nothing to send: 0.0 s; 2 directories on the server not looked into (--verify does)\n"},
		{"a pull that did not", sync.Pull, sync.Plan{}, sync.Summary{NotListed: 1}, false,
			"nothing to fetch: 0.0 s; 1 directory here not looked into (--verify does)\n"},
		{"extras", sync.Push, sync.Plan{}, sync.Summary{LeftAlone: 3}, false, "nothing to send: left alone 3, 0.0 s\n"},
		{"an edit there", sync.Push, sync.Plan{Skips: []sync.Skip{edited}}, sync.Summary{Skipped: 1}, false,
			"nothing to send: skipped 1, 0.0 s\n"},
		{"a conflict", sync.Both, sync.Plan{Waiting: []manifest.Path{"a"}}, sync.Summary{ConflictsWaiting: 1}, false,
			"in sync: 0.0 s; 1 conflict waits: a (see ferry conflicts site)\n"},
		{"conflicts, quiet", sync.Both, sync.Plan{Waiting: []manifest.Path{"a", "a", "b", "c\x1b", "d"}}, sync.Summary{ConflictsWaiting: 5}, true,
			"in sync: 0.0 s; 5 conflicts wait: a, b, c\\x1b, ... (see ferry conflicts site)\n"},
	} {
		var out, talk bytes.Buffer
		o := Options{Out: &out, Talk: Talker{W: &talk, Quiet: c.quiet}, Verdict: Verdict{
			Exit: func(sync.Summary, error) int { return 0 }, Hint: func(error) string { return "" }, After: func(error) bool { return false }}}
		r := NewPass(Head{Direction: c.direction, Conflicts: "ferry conflicts site"}, o)
		r.Begin()
		r.Event(sync.Planned{Plan: &c.plan})
		r.End(c.sum, nil)
		if out.String() != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, out.String(), c.want)
		}
	}
}

// A conflict copy that is set aside and then transferred is named once.
func TestBriefNamesEachPathOnce(t *testing.T) {
	var out bytes.Buffer
	r := NewPass(Head{}, Options{Out: &out, Brief: true, Talk: Talker{W: io.Discard}, Verdict: Verdict{
		Exit: func(sync.Summary, error) int { return 0 }, Hint: func(error) string { return "" }, After: func(error) bool { return false }}})
	r.Begin()
	r.Event(sync.Planned{Plan: &sync.Plan{}})
	for _, a := range []sync.Action{
		{Op: sync.SetAside, Side: sync.Remote, From: "a", Path: "a.copy"},
		{Op: sync.Upload, Side: sync.Remote, Path: "a"},
		{Op: sync.Download, Side: sync.Local, Path: "a.copy"},
	} {
		r.Event(sync.Finished{Action: &a})
	}
	r.End(sync.Summary{Uploaded: 1, Downloaded: 1, Conflicts: 1}, nil)
	if want := "done: up 1 file 0 B, down 1 file 0 B, conflicts 1, 0.0 s (a.copy, a)\n"; out.String() != want {
		t.Errorf("%swant\n%s", out.String(), want)
	}
}
