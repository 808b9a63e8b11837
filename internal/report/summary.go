package report

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/text"
	"ferry/sync"
)

// notLookedAt ends the summary of a blind pass.
const notLookedAt = "the server was not looked at"

// unreadable counts the parts of a side that could not be read. Twins can be: they are
// skipped.
func unreadable(s sync.Summary) int { return s.Problems - s.Twins }

// Brief returns what a pass did, without what it is to leave alone.
func Brief(s sync.Summary) string {
	s.LeftOut, s.LeftAlone = 0, 0
	return summaryText(s)
}

// summaryText returns what a pass did and met.
func summaryText(s sync.Summary) string {
	parts := counts(s)
	if !Did(s) {
		parts = append([]string{"nothing"}, parts...)
	}
	return strings.Join(parts, ", ") + partNote(s)
}

// partNote says, behind the counts, that a pass did not look at everything.
func partNote(s sync.Summary) string {
	if !s.Part {
		return ""
	}
	return "; only a part was looked at"
}

// counts returns what a pass did and met, as far as there is anything to count, and how
// long it took.
func counts(s sync.Summary) []string {
	var parts []string
	add := func(n int, format string, args ...any) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(s.Uploaded, "up %s %s", text.Count(s.Uploaded, "file"), Size(s.BytesUp))
	add(s.Downloaded, "down %s %s", text.Count(s.Downloaded, "file"), Size(s.BytesDown))
	add(s.DeletedLocal, "deleted %d local", s.DeletedLocal)
	add(s.DeletedRemote, "deleted %d remote", s.DeletedRemote)
	add(s.Moved, "moved %d", s.Moved)
	add(s.MadeDirs, "directories made %d", s.MadeDirs)
	add(s.Chmods, "modes set %d", s.Chmods)
	add(s.Links, "links made %d", s.Links)
	add(s.Adopted, "found equal %d", s.Adopted)
	if s.Adopted > 0 {
		add(s.ByHash, "compared by hash %d", s.ByHash)
	}
	add(s.NotCompared, "not compared %d", s.NotCompared)
	add(s.Conflicts, "conflicts %d", s.Conflicts)
	add(s.Failed, "failed %d", s.Failed)
	add(s.Skipped, "skipped %d", s.Skipped)
	add(s.LeftOut, "left out %d", s.LeftOut)
	add(s.LeftAlone, "left alone %d", s.LeftAlone)
	add(unreadable(s), "unreadable %d", unreadable(s))
	if !s.DryRun {
		parts = append(parts, durationText(s.Seconds))
	}
	if s.Blind {
		parts = append(parts, notLookedAt)
	}
	return parts
}

// Did reports whether a pass did or met anything. What it only found as it was before,
// and what is always left out, do not count.
func Did(s sync.Summary) bool {
	return s != sync.Summary{Seconds: s.Seconds, DryRun: s.DryRun, Blind: s.Blind, Part: s.Part, LeftOut: s.LeftOut,
		LeftAlone: s.LeftAlone, NotListed: s.NotListed, ConflictsWaiting: s.ConflictsWaiting, ByHash: s.ByHash}
}

// durationText returns "0.4 s" or "12m5s".
func durationText(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
