package dashboard

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/daemon"
	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/report/words"
	"ferry/internal/text"
	"ferry/sync/watch"
)

// unwatchedState is the state of a pair that nobody watches.
const unwatchedState = "unwatched"

// A View is what a page shows of a pair. The template fills it in, and the script writes
// the same fields when they change.
type View struct {
	Key      string            `json:"key"`
	State    string            `json:"state"`
	Watched  bool              `json:"watched"`
	Fields   map[string]string `json:"fields"` // texts by name; "" is not shown
	Progress *Bar              `json:"progress"`
	Can      map[string]bool   `json:"can"` // what may be asked for
	// Passes counts the passes, so that a change of it says that the history may be longer.
	Passes int `json:"passes"`
}

// A Bar is the progress of a pass.
type Bar struct {
	Value int64 `json:"value"`
	Max   int64 `json:"max"`
}

// ways are the directions in words.
var ways = map[string]string{"both": "both ways", "push": "to the server", "pull": "from the server"}

// stateWords are the words for the states on a page.
var stateWords = map[watch.State]string{
	watch.Starting: "starting", watch.Idle: "in sync", watch.Syncing: "syncing", watch.Waiting: "waiting", watch.Halted: "halted: it needs you",
	watch.HandedOver: "lent to another command", watch.Paused: "paused", watch.Stopped: "stopped",
}

// viewOf returns the view of a watched pair. rate is in bytes per second; 0: not known.
func viewOf(key string, r daemon.Report, rate float64, now time.Time) View {
	v := View{Key: key, State: string(r.State), Watched: true, Passes: r.Passes, Fields: map[string]string{
		"name": cmp.Or(text.Clean(r.Profile), text.Clean(filepath.Base(r.Local))), "local": text.Clean(r.Local), "remote": text.Clean(r.Remote),
		"direction": ways[r.Direction], "words": stateOf(r), "reason": text.Clean(r.Reason), "hint": text.Clean(r.Hint),
		"process": fmt.Sprintf("process %d, since %s", r.PID, words.When(r.Started, now)),
	}}
	set := func(name, format string, args ...any) { v.Fields[name] = fmt.Sprintf(format, args...) }
	at := func(name string, t time.Time) {
		if !t.IsZero() {
			set(name, "%s", words.When(t, now))
		}
	}
	at("last", r.LastPass)
	at("next", r.NextPoll)
	if next := r.NextTry; !next.IsZero() {
		at("next", next)
	}
	if r.Queue > 0 {
		set("queue", "%s waiting to be looked at", text.Count(r.Queue, "path"))
	}
	if r.Last != nil && report.Did(*r.Last) {
		set("change", "%s", report.Brief(*r.Last))
	}
	if r.ConflictsWaiting > 0 {
		set("conflicts", "%s", report.ConflictsWait(r.ConflictsWaiting))
	}
	if r.Failed > 0 {
		set("failed", "%s failed; ferry tries again", text.Count(r.Failed, "file"))
	}
	if r.Mode != "" {
		set("connection", "%s, %s", r.Mode, cmp.Or(r.TLS, "clear text"))
	}
	if len(r.Notices) > 0 {
		set("notices", "%s", text.Clean(strings.Join(r.Notices, "; ")))
	}
	if p := r.Progress; p != nil {
		v.Progress = &Bar{p.Bytes, p.BytesTotal}
		if p.BytesTotal == 0 {
			v.Progress = &Bar{int64(p.Files), int64(p.FilesTotal)}
		}
		set("progress", "%d of %s, %s of %s", p.Files, text.Count(p.FilesTotal, "step"), report.Size(p.Bytes), report.Size(p.BytesTotal))
		if rate > 0 {
			v.Fields["progress"] += ", " + report.Size(int64(rate)) + "/s"
		}
	}
	v.Can = map[string]bool{"look": !r.Paused, "pause": !r.Paused, "resume": r.Paused, "plan": r.State == watch.Halted && r.Exit == app.ExitUnsafe}
	return v
}

func stateOf(r daemon.Report) string {
	switch {
	case r.State == watch.Idle && r.Failed > 0:
		return "in sync except for what failed"
	case r.State == watch.Idle && r.Queue > 0:
		return "changes are waiting"
	case r.State == watch.Syncing && r.Progress == nil:
		return "looking"
	}
	return stateWords[r.State]
}

// unwatched returns the view of a pair that nobody watches, from a line of its history that
// names both sides.
func unwatched(key string, l history.Line, now time.Time) View {
	command := "ferry watch " + text.ShellWord(l.Local) + " " + text.ShellWord(l.Remote)
	if l.Profile != "" {
		command = "ferry watch " + text.ShellWord(l.Profile)
	}
	return View{Key: key, State: unwatchedState, Can: map[string]bool{}, Fields: map[string]string{
		"name": cmp.Or(text.Clean(l.Profile), text.Clean(filepath.Base(l.Local))), "local": text.Clean(l.Local), "remote": text.Clean(l.Remote),
		"direction": ways[l.Direction], "words": "not watched", "last": words.When(l.Time, now),
		"hint": "to keep it in sync, type: " + text.Clean(command),
	}}
}

// hangs returns the view of a pair whose watch does not answer.
func (v View) hangs(key string, pid int) View {
	if v.Key == "" {
		v = View{Key: key, State: unwatchedState, Can: map[string]bool{}, Fields: map[string]string{"name": key}}
	}
	v.Fields["words"] = "its watch does not answer"
	v.Fields["hint"] = fmt.Sprintf("look what keeps process %d, or end it and start \"ferry watch\" again", pid)
	return v
}

// gone returns the view of a pair that was watched until now.
func (v View) gone() View {
	fields := map[string]string{"words": "not watched any more"}
	for _, name := range []string{"name", "local", "remote", "direction"} {
		fields[name] = v.Fields[name]
	}
	return View{Key: v.Key, State: unwatchedState, Fields: fields, Can: map[string]bool{}}
}

// A pace tells how fast a pass is, from one report to the next.
type pace struct {
	when  time.Time
	bytes int64
	rate  float64
}

// at returns the bytes per second when p was reported; 0: not known.
func (m *pace) at(p *daemon.Progress, now time.Time) float64 {
	switch {
	case p == nil || p.Bytes < m.bytes:
		*m = pace{}
		return 0
	case m.when.IsZero():
		*m = pace{when: now, bytes: p.Bytes}
	case now.Sub(m.when) >= time.Second:
		fresh := float64(p.Bytes-m.bytes) / now.Sub(m.when).Seconds()
		if m.rate > 0 {
			fresh = (m.rate + fresh) / 2
		}
		*m = pace{now, p.Bytes, fresh}
	}
	return m.rate
}
