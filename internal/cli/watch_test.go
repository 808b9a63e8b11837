package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/daemon"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/watch"

	"ferry/internal/ftp"

	"github.com/google/go-cmp/cmp"
)

// A heard is a reporter that notes what it is told.
type heard struct{ lines []string }

func (h *heard) begin() { h.lines = append(h.lines, "begin") }

func (h *heard) event(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		for _, p := range ev.Problems {
			h.lines = append(h.lines, "problem "+string(p.Path))
		}
	case sync.Planned:
		line := "plan"
		for _, c := range ev.Plan.Conflicts {
			line += " conflict " + string(c.Path)
		}
		for _, s := range ev.Plan.Skips {
			line += " skip " + string(s.Path)
		}
		h.lines = append(h.lines, line)
	case sync.Finished:
		line := "done "
		if ev.Err != nil {
			line = "failed "
		}
		h.lines = append(h.lines, line+string(ev.Action.Path))
	}
}

func (h *heard) end(_ sync.Summary, err error) {
	line := "end"
	if err != nil {
		line += " " + err.Error()
	}
	h.lines = append(h.lines, line)
}

// TestGate plays passes to a gate, one after another: what it lets through is
// news each time.
func TestGate(t *testing.T) {
	upload := func(path manifest.Path) sync.Action {
		return sync.Action{Op: sync.Upload, Side: sync.Remote, Path: path}
	}
	problem := sync.Scanned{Side: sync.Remote, Problems: []manifest.Problem{{Path: "secret", Why: "550"}}}
	skipped := sync.Plan{Conflicts: []sync.Conflict{{Path: "c", Skipped: true}}, Skips: []sync.Skip{{Path: "s", Why: "no"}, {Path: "link", Special: true}}}
	failing := sync.Plan{Actions: []sync.Action{upload("f")}}
	fail := func(why string) sync.Finished {
		return sync.Finished{Action: &failing.Actions[0], Err: errors.New(why)}
	}
	type passed struct {
		full   bool
		events []sync.Event
		err    error
		want   string
	}
	full := func(want string, events ...sync.Event) passed { return passed{full: true, events: events, want: want} }
	part := func(want string, events ...sync.Event) passed { return passed{events: events, want: want} }
	for name, passes := range map[string][]passed{
		"nothing to do": {
			full("", sync.Scanned{}, sync.Planned{Plan: &sync.Plan{}}, sync.Ended{}),
			part("", sync.Planned{Plan: &sync.Plan{Actions: []sync.Action{{Op: sync.Forget, Path: "x"}}}}, sync.Finished{Action: &sync.Action{Op: sync.Forget, Path: "x"}}),
			{events: []sync.Event{sync.Scanned{}}, err: errors.New("lost"), want: ""},
		},
		"something to do": {
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: &failing.Actions[0]}),
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: &failing.Actions[0]}),
			{events: []sync.Event{sync.Planned{Plan: &failing}}, err: errors.New("lost"), want: "begin|plan|end lost"},
		},
		"a problem is told until it has gone away": {
			full("begin|problem secret|plan|end", problem, sync.Planned{Plan: &sync.Plan{}}),
			full("", problem, sync.Planned{Plan: &sync.Plan{}}),
			part("", sync.Planned{Plan: &sync.Plan{}}), // which did not look there
			full("", problem),
			full("", sync.Scanned{Side: sync.Remote}), // it has gone
			full("begin|problem secret|end", problem),
		},
		"so is what waits": {
			full("begin|plan conflict c skip s skip link|end", sync.Planned{Plan: &skipped}),
			full("", sync.Planned{Plan: &skipped}),
			full("", sync.Planned{Plan: &sync.Plan{}}),
			full("begin|plan conflict c skip s skip link|end", sync.Planned{Plan: &skipped}),
		},
		"a failure is told once, and once more for another reason": {
			full("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("550")),
			full("", sync.Planned{Plan: &failing}, fail("550")),
			part("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("552")),
			part("begin|plan|done f|end", sync.Planned{Plan: &failing}, sync.Finished{Action: &failing.Actions[0]}),
			part("begin|plan|failed f|end", sync.Planned{Plan: &failing}, fail("550")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var k known
			for i, p := range passes {
				h := &heard{}
				g := newGate(h, &k, p.full, nil)
				for _, ev := range p.events {
					g.event(ev)
				}
				g.end(sync.Summary{}, p.err)
				if got := strings.Join(h.lines, "|"); got != p.want {
					t.Errorf("pass %d: %q, want %q", i+1, got, p.want)
				}
			}
		})
	}
}

func aView(a *app) *pairView {
	return &pairView{app: a, head: passHead{profile: "site"}, talk: talker{w: a.stderr, quiet: a.common.quiet, name: "site"}, away: true}
}

// TestStates plays what a keeper says to the view of its pair.
func TestStates(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.UTC)
	states := []watch.Status{
		{State: watch.Starting},
		{State: watch.Syncing},
		{State: watch.Idle, NextPoll: now},
		{State: watch.Idle, NextPoll: now.Add(time.Second), Queue: 3},
		{State: watch.Syncing},
		{State: watch.Idle},
		{State: watch.Waiting, Reason: "connection refused", Hint: "is it running?", NextTry: now.Add(90 * time.Second)},
		{State: watch.Syncing},
		{State: watch.Waiting, Reason: "connection refused", NextTry: now.Add(time.Second)},
		{State: watch.Idle, Failed: 2},
		{State: watch.HandedOver},
		{State: watch.Idle},
		{State: watch.Halted, Reason: "12 deletions", Hint: "say so", NextTry: now.Add(5 * time.Minute)},
		{State: watch.Stopped},
	}
	for _, c := range []struct {
		name  string
		flags commonFlags
		talk  []string
		out   []string
	}{
		{"text", commonFlags{}, []string{
			"ferry: site: in step, watching both sides",
			"ferry: warning: site: waiting: connection refused; trying again in 1m30s",
			"ferry: hint: site: is it running?",
			"ferry: site: in step but for 2 files that failed, watching both sides",
			"ferry: site: lent to another command",
			"ferry: site: in step, watching both sides",
			"ferry: error: site: halted: 12 deletions; looking again in 5m",
			"ferry: hint: site: say so",
		}, nil},
		{"quiet", commonFlags{quiet: true}, []string{
			"ferry: warning: site: waiting: connection refused; trying again in 1m30s",
			"ferry: hint: site: is it running?",
			"ferry: error: site: halted: 12 deletions; looking again in 5m",
			"ferry: hint: site: say so",
		}, nil},
		{"json, quiet", commonFlags{quiet: true, json: true}, nil, []string{"waiting", "halted"}},
		{"json", commonFlags{json: true}, nil, []string{"starting", "idle", "waiting", "idle", "lent", "idle", "halted", "stopped"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, talk bytes.Buffer
			a := newApp(Env{Stdout: &out, Stderr: &talk, Now: func() time.Time { return now }})
			a.common = c.flags
			v := aView(a)
			for _, s := range states {
				v.changed(s)
			}
			if diff := cmp.Diff(c.talk, lines(talk.String())); c.talk != nil && diff != "" {
				t.Error(diff)
			}
			var said []string
			for _, line := range lines(out.String()) {
				if !strings.HasPrefix(line, `{"type":"state","profile":"site","state":"`) {
					t.Errorf("no state: %s", line)
				}
				said = append(said, strings.Split(line, `"`)[11])
			}
			if diff := cmp.Diff(c.out, said); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBusy holds that a pass with something to do is told of as a state, and that
// the pair is not in step meanwhile.
func TestBusy(t *testing.T) {
	var out bytes.Buffer
	a := newApp(Env{Stdout: &out})
	a.common.json = true
	v := aView(a)
	v.changed(watch.Status{State: watch.Idle})
	v.changed(watch.Status{State: watch.Syncing})
	if !v.settled() {
		t.Error("a look counts as something to do")
	}
	v.busy()
	if v.settled() {
		t.Error("in step while something is carried over")
	}
	v.changed(watch.Status{State: watch.Idle})
	if got := strings.Count(out.String(), `"state":"idle"`); got != 2 || !strings.Contains(out.String(), `"state":"syncing"`) || !v.settled() {
		t.Errorf("in step %v: %s", v.settled(), out.String())
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func TestHalts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errors.New("whatever"), false},
		{&sync.UnsafeError{What: "all gone"}, true},
		{usage(errors.New("no password"), ""), true},
		{&ftp.Error{Class: ftp.Connect}, false},
		{&ftp.Error{Class: ftp.Busy}, false},
		{&ftp.Error{Class: ftp.Login}, true},
		{&ftp.Error{Class: ftp.Server}, true},
		{manifest.ErrLocked, false},
		{sync.ErrHeld, false},
		{&codeError{code: ExitHook, err: errors.New("before hook")}, false},
	} {
		if got := halts(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

// TestLive holds what stands on a terminal while lines change in place.
func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal lockedBuilder
		state := "one"
		l := &live{w: &terminal, width: func() int { return 12 }, lines: func(int) []string { return []string{"a " + state, "b is far too long for this"} }}
		s := newScreen(&terminal)
		s.drawAbove(l)
		_, _ = s.Write([]byte("first\n"))
		state = "two"
		l.redraw()
		l.redraw() // is one drawing with the last
		time.Sleep(liveEvery)
		synctest.Wait()
		_, _ = s.Write([]byte("second\n"))
		l.redraw()
		l.close()
		s.drawAbove(nil)
		_, _ = s.Write([]byte("third\n"))
		time.Sleep(liveEvery)
		clear := "\x1b[2A\r\x1b[J"
		want := "first\na one\nb is far to\n" +
			clear + "a two\nb is far to\n" +
			clear + "second\na two\nb is far to\n" +
			clear + "third\n"
		if diff := cmp.Diff(want, terminal.String()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"too long", 4, "too "},
		{"größer", 4, "größ"},
		{"日本語", 4, "日本"},
		{"日本語", 5, "日本"},
		{"", 3, ""},
	} {
		if got := fit(c.line, c.width); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func TestStamps(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 8, 21, 14, 2, 3, 0, time.UTC) }
	var out bytes.Buffer
	s := newScreen(&out)
	s.stampWith(timeStamp(now, false))
	_, _ = s.Write([]byte("one\ntwo\n"))
	s.stampWith(timeStamp(now, true))
	_, _ = s.Write([]byte("three\n"))
	s.stampWith(journalStamp)
	talk := talker{w: s, name: "site"}
	talk.note("good to know")
	talk.warn("mind")
	talk.fail(errors.New("broken"))
	_, _ = unstamped{s}.Write([]byte("as it is\n"))
	want := "2026-08-21 14:02:03 one\n2026-08-21 14:02:03 two\n14:02:03 three\n" +
		"<6>ferry: site: good to know\n<4>ferry: warning: site: mind\n<3>ferry: error: site: broken\nas it is\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestToJournal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	device, inode, ok := fileNumbers(f)
	if !ok {
		t.Skip("files have no numbers here")
	}
	for stream, want := range map[string]bool{
		"":                            false,
		"0:0":                         false,
		"nonsense":                    false,
		streamOf(device, inode):       true,
		streamOf(device, inode+1):     false,
		streamOf(device, inode) + " ": false,
	} {
		if got := toJournal(f, stream); got != want {
			t.Errorf("%q: %v", stream, got)
		}
	}
	if toJournal(&bytes.Buffer{}, streamOf(device, inode)) {
		t.Error("a buffer is the journal")
	}
}

func streamOf(device, inode uint64) string {
	return strings.Join([]string{utoa(device), utoa(inode)}, ":")
}

func utoa(n uint64) string { return itoa(int(n)) }

// TestSource holds that a change of a file is told once it has come to rest, and
// that files may come, go and be replaced.
func TestSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "ferry.yaml")
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		write("ferry.yaml", "one")
		s := newSource(ctx, []string{path, filepath.Join(dir, ".ferryignore")})
		looks := func(n int) bool {
			time.Sleep(time.Duration(n)*lookEvery + time.Millisecond)
			synctest.Wait()
			select {
			case <-s.changed:
				return true
			default:
				return false
			}
		}
		if looks(5) {
			t.Error("told of a change where there is none")
		}
		write("ferry.yaml", "begun")
		if looks(1) {
			t.Error("told before it has come to rest")
		}
		write("ferry.yaml", "begun and done")
		if looks(1) || !looks(1) || looks(3) {
			t.Error("not told once when it has come to rest")
		}
		write("new", "begun and more")
		if err := os.Rename(filepath.Join(dir, "new"), path); err != nil {
			t.Fatal(err)
		}
		if !looks(2) {
			t.Error("not told of a file in its place")
		}
		write(".ferryignore", "*.o")
		if !looks(2) {
			t.Error("not told of a new file")
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if !looks(2) || looks(2) {
			t.Error("not told once that it is gone")
		}
	})
}

// TestAlive holds when a pair counts as looked after.
func TestAlive(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		s    watch.Status
		want bool
	}{
		{watch.Status{State: watch.Idle, NextPoll: now.Add(time.Second)}, false},
		{watch.Status{State: watch.Idle, NextPoll: now.Add(-time.Second)}, false},
		{watch.Status{State: watch.Idle, NextPoll: now.Add(-time.Minute)}, true},
		{watch.Status{State: watch.Idle}, false},
		{watch.Status{State: watch.Waiting, NextTry: now.Add(-time.Minute), NextPoll: now}, true},
		{watch.Status{State: watch.Halted, NextTry: now.Add(time.Minute), NextPoll: now.Add(-time.Hour)}, false},
		{watch.Status{State: watch.Syncing, NextPoll: now.Add(-time.Hour)}, false},
		{watch.Status{State: watch.HandedOver, NextPoll: now.Add(-time.Hour)}, false},
	} {
		if got := missed(c.s, now); got != c.want {
			t.Errorf("%+v: missed %v", c.s, got)
		}
	}
}

func TestWatchedText(t *testing.T) {
	now := time.Date(2026, 8, 21, 14, 2, 0, 0, time.Local)
	got := watchedText(daemon.Report{
		PID: 4242, Profile: "site", Started: now.Add(-26 * time.Hour), Notices: []string{"no more watches"},
		Status: watch.Status{
			State: watch.Waiting, Reason: "connection refused", Hint: "is it running?", Queue: 3,
			LastPass: now.Add(-time.Minute), LastFull: now.Add(-25 * time.Hour), NextTry: now.Add(30 * time.Second),
			Last: &sync.Summary{Uploaded: 1, BytesUp: 12, Seconds: 0.1}, Conflicts: 2, Failed: 1,
		},
		Progress: &daemon.Progress{Files: 1, FilesTotal: 3, Bytes: 2_000_000, BytesTotal: 5_000_000},
	}, now)
	want := `site: waiting: connection refused
  way out     is it running?
  progress    1 of 3 steps, 2.0 MB of 5.0 MB
  queue       3 paths waiting to be looked at
  last pass   14:01:00
  last change up 1 file 12 B, 0.1 s
  last full   2026-08-20 13:02:00
  next try    14:02:30
  conflicts   2 since the start; "ferry conflicts" lists what waits
  failed      1 file
  notice      no more watches
  watched     by process 4242, for 26h
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
