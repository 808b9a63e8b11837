package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

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

// whereParts are the beginnings of the parts of a reason that only say where something went
// wrong. The name of the pair says that, too.
var whereParts = []string{"opening ", "connecting to ", "TLS handshake with "}

// cause returns a reason without the parts that say where, as far as it would be wider than
// room with them.
func cause(reason string, room int) string {
	for runewidth.StringWidth(reason) > room {
		first, rest, more := strings.Cut(reason, ": ")
		if !more || !slices.ContainsFunc(whereParts, func(begin string) bool { return strings.HasPrefix(first, begin) }) {
			break
		}
		reason = rest
	}
	return reason
}

// line returns the line of the pair on a terminal that has room for so many columns, without
// its name. It may be wider.
func (v *WatchView) line(s watch.Status, room int) string {
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
		add("%s", cause(text.Clean(s.Reason), room-len("waiting   again 00:00:00  ")))
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
