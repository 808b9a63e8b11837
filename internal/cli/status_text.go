package cli

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/report/words"
	"ferry/internal/text"
)

type jsonWatch struct {
	Type string `json:"type"`
	app.WatchReport
	InSync bool `json:"in_sync"` // what in_step says, in today's word
}

// tellWatched prints what a watch says of a pair.
func (prog *program) tellWatched(r app.WatchReport, p *app.Pair) {
	switch {
	case prog.common.quiet && r.InStep && r.ConflictsWaiting == 0:
	case prog.common.json:
		report.WriteJSON(prog.env.Stdout, jsonWatch{"watch", r, r.InStep})
	default:
		fmt.Fprint(prog.env.Stdout, watchedText(r, p.Command("conflicts"), prog.env.Now()))
	}
}

// watchedText returns what a watch says of a pair, for people. conflicts is the command that
// lists its conflicts.
func watchedText(r app.WatchReport, conflicts string, now time.Time) string {
	name := text.Clean(r.Profile)
	if name == "" {
		name = text.Clean(r.Local) + " " + text.Clean(r.Remote)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", name, words.State(r.Status, r.InStep))
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", what, fmt.Sprintf(format, args...))
	}
	at := func(what string, t time.Time) {
		if !t.IsZero() {
			line(what, "%s", words.When(t, now))
		}
	}
	if r.Hint != "" {
		line("way out", "%s", text.Clean(r.Hint))
	}
	if p := r.Progress; p != nil {
		line("progress", "%d of %s, %s of %s", p.Files, text.Count(p.FilesTotal, "step"), report.Size(p.Bytes), report.Size(p.BytesTotal))
	}
	if r.Queue > 0 {
		line("queue", "%s waiting to be looked at", text.Count(r.Queue, "path"))
	}
	at("last pass", r.LastPass)
	if r.Last != nil && report.Did(*r.Last) {
		line("last change", "%s", report.Brief(*r.Last))
	}
	at("whole pass", r.LastFull)
	at("next poll", r.NextPoll)
	at("next try", r.NextTry)
	if r.Conflicts > 0 || r.ConflictsWaiting > 0 {
		line("conflicts", "%s (see %s); %d since the start", report.ConflictsWait(r.ConflictsWaiting), text.Clean(conflicts), r.Conflicts)
	}
	if r.Failed > 0 {
		line("failed", "%s", text.Count(r.Failed, "file"))
	}
	for _, n := range r.Notices {
		line("notice", "%s", text.Clean(n))
	}
	line("watched", "by process %d, for %s", r.PID, report.Span(now.Sub(r.Started)))
	return b.String()
}
