package report

import (
	"strings"

	"ferry/sync"
)

// A copy between servers is shown as if it went from a local side to a remote one, in words of
// its own.

// copyWords are those of the summary of a push, and those of a copy.
var copyWords = strings.NewReplacer("up ", "copied ", " remote", "", "nothing to send", "nothing to copy", "on the server", "at the target")

// words returns a summary in the words that fit the pass.
func (h Head) words(summary string) string {
	switch {
	case h.Copy && h.DryRun: // nothing is copied yet
		return strings.Replace(copyWords.Replace(summary), "copied ", "copy ", 1)
	case h.Copy:
		return copyWords.Replace(summary)
	}
	return summary
}

// side names a side for people.
func (h Head) side(side sync.Side) string {
	if h.Copy {
		return [...]string{"source", "target"}[side]
	}
	return side.String()
}

// outcome says what becomes of a conflict.
func (h Head) outcome(c sync.Conflict) string {
	if h.Copy {
		return strings.Replace(c.Outcome(), c.Loser.String()+" version", h.side(c.Loser)+" version", 1)
	}
	return c.Outcome()
}
