package report

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ferry/sync"
	"ferry/sync/meter"
)

// TestSpinner holds that what takes long is shown with what is waited for, and that
// nothing is left of it.
func TestSpinner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal lockedBuilder
		s := NewScreen(&terminal)
		quick := newSpinner(s, &terminal, 60, func() string { return "quick" })
		quick.close()
		quick.close()
		if terminal.String() != "" {
			t.Errorf("what was quick is shown: %q", terminal.String())
		}
		wait := phase{}
		wait.set("connecting to ftp://h/www", time.Now)
		slow := newSpinner(s, &terminal, 60, wait.text)
		time.Sleep(time.Second)
		wait.set("listing both sides", time.Now)
		wait.listed(sync.Scanned{Side: sync.Local, Files: 1234})
		time.Sleep(5 * time.Second)
		slow.close()
		_, _ = s.Write([]byte("end\n"))
		text := terminal.String()
		for _, want := range []string{" connecting to ftp://h/www\n", " listing the server (1234 files here)\n", " listing the server (1234 files here), 4s\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in %q", want, text)
			}
		}
		if !strings.HasSuffix(text, "\x1b[1A\r\x1b[Jend\n") {
			t.Errorf("something is left: %q", text[max(0, len(text)-60):])
		}
	})
	var none *spinner
	none.close()
}

// TestProgressLines holds that a pass without a terminal tells every few seconds what it
// waits for and how far it is, if it is asked to.
func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, talk lockedBuilder
		r := NewPass(aHead, Options{Out: &out, Now: time.Now, Lines: true, Talk: Talker{W: &talk}, Verdict: testVerdict})
		r.Connecting()
		time.Sleep(6 * time.Second)
		r.Begin()
		time.Sleep(4500 * time.Millisecond)
		plan := &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "a", Size: 1 << 20, LocalChange: sync.Created})}
		r.Event(sync.Planned{Plan: plan})
		r.Event(sync.Progress{Action: plan.Actions.At(0), N: 1 << 18})
		time.Sleep(5 * time.Second)
		r.End(sync.Summary{}, nil)
		time.Sleep(time.Minute)
		want := "ferry: connecting to ftp://host/www, 5s\n" +
			"ferry: listing both sides, 4s\n" +
			"ferry: 25%, 0 of 1 step, 262 kB of 1.0 MB, 58 kB/s, 14s left\n"
		if talk.String() != want {
			t.Errorf("got\n%swant\n%s", talk.String(), want)
		}
	})
}

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		p           progress
		short, line string
	}{
		{progress{}, "  0%", "0%, 0 of 0 steps"},
		{progress{total: meter.Work{Actions: 4}, done: meter.Work{Actions: 1}, spent: 10 * time.Second}, " 25%  30s left", "25%, 1 of 4 steps, 30s left"},
		{progress{total: meter.Work{Actions: 4}, done: meter.Work{Actions: 4}, spent: 10 * time.Second}, "100%  0s left", "100%, 4 of 4 steps, 0s left"},
		{progress{total: meter.Work{Actions: 1, Bytes: 1000}, done: meter.Work{Actions: 1, Bytes: 5000}, spent: time.Second}, "100%", "100%, 1 of 1 step, 5.0 kB of 1.0 kB"},
		{progress{total: meter.Work{Actions: 1, Bytes: 1 << 40}, done: meter.Work{Bytes: 1}, spent: time.Hour}, "  0%", "0%, 0 of 1 step, 1 B of 1.1 TB, 0 B/s"},
	} {
		if got := c.p.short(); got != c.short {
			t.Errorf("short: %q, want %q", got, c.short)
		}
		if got := c.p.line(); got != c.line {
			t.Errorf("line: %q, want %q", got, c.line)
		}
	}
}

// TestColor holds which lines are painted, and that the journal still knows them.
func TestColor(t *testing.T) {
	var talk lockedBuilder
	s := NewScreen(&talk)
	to := Talker{W: s, Color: true}
	to.Note("plain")
	to.Warn("mind")
	to.Say("failed: ", "one\ntwo")
	s.StampWith(JournalStamp)
	to.Say("error: ", "broken")
	want := "ferry: plain\n\x1b[33mferry: warning: mind\x1b[0m\n\x1b[31mferry: failed: one\x1b[0m\n\x1b[31mferry: failed: two\x1b[0m\n" +
		"<3>\x1b[31mferry: error: broken\x1b[0m\n"
	if talk.String() != want {
		t.Errorf("got %q, want %q", talk.String(), want)
	}
	var out strings.Builder
	if err := writePlan(&out, planLines(aPlan(), nil, false), true); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		red := strings.Contains(line, "old.html") || strings.Contains(line, "tmp/")
		if strings.Contains(line, "\x1b[31m") != red {
			t.Errorf("red: %q", line)
		}
	}
}
