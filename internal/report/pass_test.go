package report

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// aPlan holds one of each thing that a plan can hold.
func aPlan() *sync.Plan {
	return &sync.Plan{
		Actions: sync.ActionsOf(
			sync.Action{Op: sync.SetAside, Side: sync.Remote, From: "index.html", Path: "index.sync-conflict-20260821-134455-remote-3fa9c1.html", LocalChange: sync.Changed, RemoteChange: sync.Changed, Why: "changed on both sides"},
			sync.Action{Op: sync.Rename, Side: sync.Remote, From: "photos", Path: "pictures", LocalChange: sync.Renamed, Why: "renamed locally"},
			sync.Action{Op: sync.Mkdir, Side: sync.Remote, Path: "css", LocalChange: sync.Created, Why: "new locally"},
			sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "css/new.css", Size: 4100, LocalChange: sync.Created, Why: "new locally"},
			sync.Action{Op: sync.Download, Side: sync.Local, Path: "data/log.txt", Size: 18000, RemoteChange: sync.Changed, Why: "changed remotely"},
			sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "index.html", Size: 120, LocalChange: sync.Changed, RemoteChange: sync.Changed, Why: "changed on both sides"},
			sync.Action{Op: sync.Download, Side: sync.Local, Path: "index.sync-conflict-20260821-134455-remote-3fa9c1.html", Size: 99, RemoteChange: sync.Created, Why: "conflict copy"},
			sync.Action{Op: sync.Download, Side: sync.Local, Path: "notes.md", Size: 700, LocalChange: sync.Deleted, RemoteChange: sync.Changed, Why: "the edit wins over the deletion"},
			sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "caf\xe9.txt", Size: 0, LocalChange: sync.Created, Why: "new locally"},
			sync.Action{Op: sync.Adopt, Path: "same.txt", LocalChange: sync.Created, RemoteChange: sync.Created, Why: "equal"},
			sync.Action{Op: sync.Delete, Side: sync.Remote, Path: "old.html", LocalChange: sync.Deleted, Trash: true, Why: "deleted locally"},
			sync.Action{Op: sync.Delete, Side: sync.Local, Path: "tmp/x", RemoteChange: sync.Deleted, Why: "deleted remotely"},
			sync.Action{Op: sync.Rmdir, Side: sync.Local, Path: "tmp", RemoteChange: sync.Deleted, Why: "deleted remotely"},
			sync.Action{Op: sync.Forget, Path: "forgotten"},
		),
		Conflicts: []sync.Conflict{
			{Path: "index.html", LocalChange: sync.Changed, RemoteChange: sync.Changed, Loser: sync.Remote, Copy: "index.sync-conflict-20260821-134455-remote-3fa9c1.html", Why: "changed on both sides"},
			{Path: "left.txt", LocalChange: sync.Changed, RemoteChange: sync.Deleted, Skipped: true, Why: "changed on both sides"},
			{Path: "won.txt", LocalChange: sync.Changed, RemoteChange: sync.Changed, Loser: sync.Local, Why: "the newer one wins"},
		},
		Skips: []sync.Skip{
			{Path: "link", Side: sync.Local, Why: "a symbolic link", Special: true},
			{Path: "both", Side: sync.Remote, Why: "a file here, a directory there"},
		},
	}
}

func someProblems() []manifest.Problem {
	return []manifest.Problem{
		{Path: "secret", Why: "550 Permission denied"},
		{Path: manifest.Root, Name: "b\x01ad", Why: "name not allowed"},
	}
}

var aHead = Head{Profile: "site", Local: "/home/ann/site", Remote: "ftp://host/www"}

// errRefused is what a server said to a file.
var errRefused = errors.New(`RETR "/www/data/log.txt": server says 550 Permission denied`)

// testVerdict is that of the program, as far as these tests need it.
var testVerdict = Verdict{
	Exit: func(s sync.Summary, err error) int {
		switch {
		case err != nil:
			return 1
		case s.Failed > 0 || s.Problems > 0:
			return 3
		case s.Conflicts > 0 && !s.DryRun:
			return 5
		}
		return 0
	},
	Hint: func(err error) string {
		if errors.Is(err, errRefused) {
			return "the server refuses this file"
		}
		return ""
	},
	Cause: func(err error) string { return err.Error() },
	After: func(error) bool { return false },
}

// events plays a pass to a report: as a dry run the scans and the plan, else
// all of it, with one failure.
func events(r Pass, plan *sync.Plan, problems []manifest.Problem, dry bool) {
	r.Begin()
	r.Event(sync.Scanned{Side: sync.Local, Files: 10, Dirs: 2, Duration: time.Second})
	r.Event(sync.Scanned{Side: sync.Remote, Files: 11, Dirs: 2, Duration: time.Second, Problems: problems})
	r.Event(sync.Planned{Plan: plan})
	s := sync.Summary{Problems: len(problems), Skipped: 2, DryRun: dry}
	if !dry {
		for i := range plan.Actions.Len() {
			a := plan.Actions.At(i)
			var err error
			r.Event(sync.Started{Action: a})
			if a.Path == "data/log.txt" {
				err = errRefused
				s.Failed++
			} else if a.Size > 0 {
				r.Event(sync.Progress{Action: a, N: a.Size})
			}
			r.Event(sync.Finished{Action: a, Err: err})
		}
		r.Event(sync.Noticed{Text: "the server takes 2 connections, not 4"})
		s.Uploaded, s.Downloaded, s.DeletedLocal, s.DeletedRemote, s.Moved, s.MadeDirs, s.Adopted = 3, 2, 2, 1, 1, 1, 1
		s.Conflicts, s.BytesUp, s.BytesDown, s.Seconds = 2, 4220, 799, 1.23
	}
	r.Event(sync.Ended{Summary: s})
	r.End(s, nil)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// both puts what went to the two outputs into one text.
func both(out, err string) string { return "== stdout ==\n" + out + "== stderr ==\n" + err }

func TestTextReport(t *testing.T) {
	for _, test := range []struct {
		name           string
		dry            bool
		quiet, verbose bool
		clean          bool // nothing is wrong
	}{
		{name: "dry-run.txt", dry: true},
		{name: "dry-run-quiet.txt", dry: true, quiet: true},
		{name: "dry-run-verbose.txt", dry: true, verbose: true},
		{name: "pass.txt"},
		{name: "pass-quiet.txt", quiet: true},
		{name: "pass-verbose.txt", verbose: true},
		{name: "nothing.txt", clean: true},
		{name: "nothing-quiet.txt", clean: true, quiet: true},
		{name: "nothing-dry-run.txt", clean: true, dry: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, err strings.Builder
			head := aHead
			head.DryRun = test.dry
			r := NewPass(head, Options{Out: &out, Talk: Talker{W: &err, Quiet: test.quiet}, Verbose: test.verbose, Verdict: testVerdict})
			if test.clean {
				s := sync.Summary{Seconds: 0.31, DryRun: test.dry}
				r.Begin()
				r.Event(sync.Planned{Plan: &sync.Plan{}})
				r.Event(sync.Ended{Summary: s})
				r.End(s, nil)
			} else {
				events(r, aPlan(), someProblems(), test.dry)
			}
			golden(t, test.name, both(out.String(), err.String()))
		})
	}
}

func TestJSONReport(t *testing.T) {
	for _, test := range []struct {
		name       string
		dry, quiet bool
	}{
		{"dry-run.jsonl", true, false},
		{"pass.jsonl", false, false},
		{"pass-quiet.jsonl", false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, err strings.Builder
			clock := time.Date(2026, 8, 21, 14, 2, 0, 0, time.UTC)
			now := func() time.Time { clock = clock.Add(500 * time.Millisecond); return clock }
			head := aHead
			head.DryRun = test.dry
			r := NewPass(head, Options{JSON: true, Out: &out, Now: now, Talk: Talker{W: &err, Quiet: test.quiet}, Verdict: testVerdict})
			events(r, aPlan(), someProblems(), test.dry)
			golden(t, test.name, both(out.String(), err.String()))
		})
	}
}

// A pass that ends before it has a plan says why, and does not sum up.
func TestTextReportWithoutAPlan(t *testing.T) {
	var out, talk strings.Builder
	r := NewPass(aHead, Options{Out: &out, Talk: Talker{W: &talk}, Verdict: testVerdict})
	r.End(sync.Summary{}, errors.New("nobody is there"))
	if out.Len() > 0 {
		t.Errorf("stdout: %q, want nothing", out.String())
	}
}

// A pass that was stopped half way says what was done until then.
func TestTextReportStopped(t *testing.T) {
	var out, talk strings.Builder
	r := NewPass(aHead, Options{Out: &out, Talk: Talker{W: &talk}, Verdict: testVerdict})
	r.Event(sync.Planned{Plan: aPlan()})
	r.End(sync.Summary{Uploaded: 1, BytesUp: 7, Seconds: 100}, errors.New("interrupted"))
	want := "stopped: up 1 file 7 B, 1m40s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// The lines of the contract, to the column.
func TestPlanLinesOfTheContract(t *testing.T) {
	plan := &sync.Plan{
		Actions: sync.ActionsOf(
			sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "css/new.css", Size: 4100, LocalChange: sync.Created},
			sync.Action{Op: sync.Download, Side: sync.Local, Path: "data/log.txt", Size: 18000, RemoteChange: sync.Changed},
			sync.Action{Op: sync.Delete, Side: sync.Remote, Path: "old.html", LocalChange: sync.Deleted, Trash: true},
		),
		Conflicts: []sync.Conflict{{Path: "index.html", LocalChange: sync.Changed, RemoteChange: sync.Changed, Loser: sync.Remote, Copy: "index.copy.html"}},
		Skips:     []sync.Skip{{Path: manifest.Root, Name: "b\x01ad", Why: "name not allowed"}},
	}
	want := "" +
		"  !                         b\\x01ad       name not allowed, skipped\n" +
		"  new      ---->            css/new.css    4.1 kB\n" +
		"           <----  changed   data/log.txt    18 kB\n" +
		"  changed  <-?->  changed   index.html    keep both: remote version becomes index.copy.html\n" +
		"  deleted  ---->            old.html      to trash\n"
	var got strings.Builder
	if err := writePlan(&got, planLines(plan, nil, false), false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}
