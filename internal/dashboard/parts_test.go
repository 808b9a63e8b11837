package dashboard

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/history"
	"ferry/sync"
	"ferry/sync/watch"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.Local)

// What a pair is doing is said in words.
func TestViewOf(t *testing.T) {
	type fields = map[string]string
	for _, c := range []struct {
		report daemon.Report
		rate   float64
		state  string
		want   fields
		can    string
	}{
		{daemon.Report{Status: watch.Status{State: watch.Idle}}, 0, "idle", fields{"words": "in sync"}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Idle, Queue: 1}}, 0, "idle", fields{"words": "changes are waiting", "queue": "1 path waiting to be looked at"}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Idle, Failed: 2, ConflictsWaiting: 3}}, 0, "idle",
			fields{"words": "in sync except for what failed", "failed": "2 files failed; ferry tries again", "conflicts": "3 conflicts wait"}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Syncing}}, 0, "syncing", fields{"words": "looking", "progress": ""}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Syncing}, Progress: &daemon.Progress{Files: 1, FilesTotal: 3, Bytes: 1000, BytesTotal: 5000}}, 2000, "syncing",
			fields{"words": "syncing", "progress": "1 of 3 steps, 1.0 kB of 5.0 kB, 2.0 kB/s"}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Waiting, Reason: "no \x1broute", Hint: "wait", NextTry: noon.Add(time.Minute)}}, 0, "waiting",
			fields{"words": "waiting", "reason": `no \x1broute`, "hint": "wait", "next": "12:01:00"}, "look pause"},
		{daemon.Report{Exit: 6, Status: watch.Status{State: watch.Halted}}, 0, "halted", fields{"words": "halted: it needs you"}, "look pause plan"},
		{daemon.Report{Exit: 4, Status: watch.Status{State: watch.Halted}}, 0, "halted", fields{"words": "halted: it needs you"}, "look pause"},
		{daemon.Report{Status: watch.Status{State: watch.Paused, Paused: true}}, 0, "paused", fields{"words": "paused"}, "resume"},
		{daemon.Report{Status: watch.Status{State: watch.HandedOver, Paused: true}}, 0, "lent", fields{"words": "lent to another command"}, "resume"},
		{daemon.Report{Profile: "a\u202eb", Local: "/l", Remote: "ftp://h/", Direction: "push", Mode: "EPSV", TLS: "TLS 1.3"}, 0, "",
			fields{"name": `a\u202eb`, "local": "/l", "remote": "ftp://h/", "direction": "to the server", "connection": "EPSV, TLS 1.3"}, "look pause"},
		{daemon.Report{Local: "/home/ann/pictures", Mode: "PORT"}, 0, "", fields{"name": "pictures", "connection": "PORT, clear text"}, "look pause"},
	} {
		v := viewOf("k", c.report, c.rate, noon)
		for name, want := range c.want {
			if v.Fields[name] != want {
				t.Errorf("%+v: %s is %q, want %q", c.report, name, v.Fields[name], want)
			}
		}
		can := ""
		for _, what := range []string{"look", "pause", "resume", "plan"} {
			if v.Can[what] {
				can += " " + what
			}
		}
		if v.State != c.state || can != " "+c.can || (v.Progress != nil) != (c.report.Progress != nil) {
			t.Errorf("%+v: %q, can%s, %v", c.report, v.State, can, v.Progress)
		}
	}
}

// The rate follows the bytes, and begins anew with each pass.
func TestPace(t *testing.T) {
	var p pace
	for _, c := range []struct {
		after time.Duration
		bytes int64 // negative: no pass
		want  float64
	}{{0, 0, 0}, {500 * time.Millisecond, 500, 0}, {time.Second, 1000, 1000}, {2 * time.Second, 4000, 2000}, {3 * time.Second, -1, 0}, {4 * time.Second, 100, 0}, {6 * time.Second, 2100, 1000},
		{7 * time.Second, 5, 0}} {
		var progress *daemon.Progress
		if c.bytes >= 0 {
			progress = &daemon.Progress{Bytes: c.bytes}
		}
		if got := p.at(progress, noon.Add(c.after)); got != c.want {
			t.Errorf("after %v: %v, want %v", c.after, got, c.want)
		}
	}
}

// Plots count what was done in each part of their span, and nothing that failed. What was
// counted is not counted again.
func TestPlots(t *testing.T) {
	line := func(age time.Duration, op sync.Op, size int64, err string) history.Line {
		return history.Line{Type: history.TypeAction, Time: noon.Add(-age), Action: &history.Action{Op: op, Size: size}, Error: err}
	}
	lines := []history.Line{
		line(-time.Minute, sync.Upload, 1, ""), // a clock that was set
		line(0, sync.Upload, 10, ""), line(59*time.Second, sync.Delete, 5, ""), line(time.Minute, sync.Download, 20, ""), line(2*time.Minute, sync.Upload, 7, "no"),
		line(59*time.Minute, sync.Upload, 100, ""), line(time.Hour, sync.Upload, 1000, ""), line(29*24*time.Hour, sync.Upload, 10_000, ""), line(31*24*time.Hour, sync.Upload, 1, ""),
		{Type: history.TypePass, Time: noon.Add(-32 * 24 * time.Hour), End: &history.End{}},
	}
	all := tally{minutes: make(map[int64]done)}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	all.read(cancelled, slices.Values(lines), noon)
	for range 2 {
		all.read(t.Context(), slices.Values(lines), noon)
	}
	hour, month := all.plot(noon, hourPart, hourParts, "hour"), all.plot(noon, dayPart, monthParts, "30 days")
	for _, c := range []struct{ got, want any }{
		{[]int{hour.Changes[59], hour.Changes[58], hour.Changes[57], hour.Changes[0]}, []int{1, 2, 0, 1}},
		{[]int64{hour.Bytes[59], hour.Bytes[58], hour.Bytes[57], hour.Bytes[0]}, []int64{10, 20, 0, 100}},
		{[]int{month.Changes[29], month.Changes[0]}, []int{5, 1}},
		{[]int64{month.Bytes[29], month.Bytes[0]}, []int64{1130, 10_000}},
		{hour.Said, "In the last hour: 4 changes, 130 B carried over."},
		{month.Said, "In the last 30 days: 6 changes, 11 kB carried over."},
		{hour.Times[59] - hour.Times[0], int64(59 * 60)},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	later := noon.Add(2 * time.Minute)
	all.read(t.Context(), slices.Values(append([]history.Line{line(-2*time.Minute, sync.Upload, 3, "")}, lines...)), later)
	hour = all.plot(later, hourPart, hourParts, "hour")
	if got := fmt.Sprint(hour.Changes[56:], hour.Bytes[56:]); got != "[2 1 1 1] [20 10 1 3]" {
		t.Error(got)
	}
	far := noon.Add(40 * 24 * time.Hour)
	if all.read(t.Context(), slices.Values(lines), far); len(all.minutes) > 0 {
		t.Errorf("%d minutes are kept for ever", len(all.minutes))
	}
}

// A stranger's guesses end sessions of nobody, and old sessions end.
func TestSessionsEnd(t *testing.T) {
	now := noon
	s := &sessions{now: func() time.Time { return now }, open: make(map[[32]byte]*openSession)}
	for i := range mostSessions + 10 {
		s.forget()
		s.open[[32]byte{byte(i), byte(i >> 8), 1}] = &openSession{&session{}, now}
		now = now.Add(time.Second)
	}
	if n := len(s.open); n != mostSessions {
		t.Errorf("%d sessions", n)
	}
	if s.open[[32]byte{0, 0, 1}] != nil || s.open[[32]byte{mostSessions + 9, 0, 1}] == nil {
		t.Error("not the oldest ones were ended")
	}
	now = now.Add(2 * sessionAge)
	if s.forget(); len(s.open) > 0 {
		t.Errorf("%d old sessions are left", len(s.open))
	}
}
