package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"ferry/sync/watch"

	"github.com/google/go-cmp/cmp"
)

func aView(o Options) *WatchView {
	o.Talk.Name, o.Verdict = "site", testVerdict
	if o.Now == nil {
		o.Now = time.Now
	}
	return NewWatchView(Head{Profile: "site"}, o, nil)
}

// TestStates plays what a watch says to the view of its pair.
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
		flags Options
		talk  []string
		out   []string
	}{
		{"text", Options{}, []string{
			"ferry: site: in sync, watching both sides",
			"ferry: warning: site: waiting: connection refused; trying again in 1m30s",
			"ferry: hint: site: is it running?",
			"ferry: site: in sync but for 2 files that failed, watching both sides",
			"ferry: site: handed over to another command",
			"ferry: site: in sync, watching both sides",
			"ferry: error: site: halted: 12 deletions; looking again in 5m",
			"ferry: hint: site: say so",
		}, nil},
		{"quiet", Options{Talk: Talker{Quiet: true}}, []string{
			"ferry: warning: site: waiting: connection refused; trying again in 1m30s",
			"ferry: hint: site: is it running?",
			"ferry: error: site: halted: 12 deletions; looking again in 5m",
			"ferry: hint: site: say so",
		}, nil},
		{"json, quiet", Options{Talk: Talker{Quiet: true}, JSON: true}, nil, []string{"waiting", "halted"}},
		{"json", Options{JSON: true}, nil, []string{"starting", "idle", "waiting", "idle", "lent", "idle", "halted", "stopped"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, talk bytes.Buffer
			o := c.flags
			o.Out, o.Talk.W, o.Now = &out, &talk, func() time.Time { return now }
			v := aView(o)
			for _, s := range states {
				v.Status(s)
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

// TestBusy holds that a pass with something to do is told of as a state, and so is
// its end.
func TestBusy(t *testing.T) {
	var out bytes.Buffer
	v := aView(Options{Out: &out, JSON: true, Talk: Talker{W: io.Discard}})
	v.Status(watch.Status{State: watch.Idle})
	v.Status(watch.Status{State: watch.Syncing})
	v.Busy()
	v.Status(watch.Status{State: watch.Idle})
	if got := strings.Count(out.String(), `"state":"idle"`); got != 2 || !strings.Contains(out.String(), `"state":"syncing"`) {
		t.Error(out.String())
	}
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// TestLineShowsCause holds that the line of a pair does not spend its room on where something
// went wrong, and end before what.
func TestLineShowsCause(t *testing.T) {
	for _, c := range []struct {
		reason string
		room   int
		want   string
	}{
		{"opening ftp://nas/a: connecting to nas:21: the connection was refused", 80, "opening ftp://nas/a: connecting to nas:21: the connection was refused"},
		{"opening ftp://nas/a: connecting to nas:21: the connection was refused", 60, "connecting to nas:21: the connection was refused"},
		{"opening ftp://nas/a: connecting to nas:21: the connection was refused", 30, "the connection was refused"},
		{"opening ftp://[::1]/a: connecting to [::1]:21: the connection was refused", 10, "the connection was refused"},
		{"opening ftpes://nas/a: TLS handshake with nas:21: the server has a self-signed certificate: nobody else vouches for it", 20,
			"the server has a self-signed certificate: nobody else vouches for it"},
		{"the remote root is empty: nothing was deleted", 20, "the remote root is empty: nothing was deleted"},
	} {
		if got := cause(c.reason, c.room); got != c.want {
			t.Errorf("%d columns: %q", c.room, got)
		}
	}
}
