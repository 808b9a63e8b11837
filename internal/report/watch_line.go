package report

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/text"
	"ferry/sync/watch"
)

// stateWords are the words for the states of a pair on a terminal, where they differ from
// those of the state.
var stateWords = map[watch.State]string{watch.Idle: "in sync"}

func stateWord(s watch.State) string {
	if word := stateWords[s]; word != "" {
		return word
	}
	return string(s)
}

// current returns the status of the pair.
func (v *WatchView) current() watch.Status {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status
}

// line returns the line of the pair on a terminal, without its name.
func (v *WatchView) line(s watch.Status) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if s.Queue > 0 {
		add("%d waiting", s.Queue)
	}
	switch s.State {
	case watch.Syncing:
		add("%s", v.pace.text(v.o.Now()))
		if at, ok := v.pace.at(v.o.Now()); ok {
			add("%s", strings.TrimSpace(at.short()))
		}
	case watch.Waiting, watch.Halted:
		if !s.NextTry.IsZero() {
			add("again %s", s.NextTry.Local().Format(time.TimeOnly))
		}
		add("%s", text.Clean(s.Reason))
	}
	if s.Failed > 0 {
		add("%d failed", s.Failed)
	}
	if s.ConflictsWaiting > 0 {
		add("%s", ConflictsWait(s.ConflictsWaiting))
	}
	if s.State == watch.Idle {
		if !s.LastPass.IsZero() {
			add("last look %s", s.LastPass.Local().Format(time.TimeOnly))
		}
		if !s.NextPoll.IsZero() {
			add("next poll %s", s.NextPoll.Local().Format(time.TimeOnly))
		}
	}
	return pad(stateWord(s.State), 8) + "  " + strings.Join(parts, "  ")
}
