package report

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/text"
	"ferry/sync"
)

// summaryText returns the last line of a pass, which has the same fields
// whatever happened.
func summaryText(s sync.Summary) string {
	parts := []string{
		fmt.Sprintf("up %s %s", text.Count(s.Uploaded, "file"), Size(s.BytesUp)),
		fmt.Sprintf("down %s %s", text.Count(s.Downloaded, "file"), Size(s.BytesDown)),
		fmt.Sprintf("deleted %d local %d remote", s.DeletedLocal, s.DeletedRemote),
		fmt.Sprintf("moved %d", s.Moved),
		fmt.Sprintf("conflicts %d", s.Conflicts),
		fmt.Sprintf("failed %d", s.Failed),
	}
	for _, extra := range []struct {
		n    int
		name string
	}{{s.MadeDirs, "directories made"}, {s.Chmods, "modes set"}, {s.Adopted, "found equal"}, {s.NotCompared, "not compared"}, {s.Skipped, "skipped"}, {s.LeftOut, "left out"}, {s.LeftAlone, "left alone"}, {unreadable(s), "unreadable"}} {
		if extra.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", extra.name, extra.n))
		}
	}
	if !s.DryRun {
		parts = append(parts, durationText(s.Seconds))
	}
	if s.Blind {
		parts = append(parts, notLookedAt)
	}
	return strings.Join(parts, ", ")
}

// notLookedAt ends the summary of a blind pass.
const notLookedAt = "the server was not looked at"

// unreadable counts the parts of a side that could not be read. Twins can be: they are
// skipped.
func unreadable(s sync.Summary) int { return s.Problems - s.Twins }

// Brief returns what a pass did, without what it did not do.
func Brief(s sync.Summary) string {
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
	add(s.Adopted, "found equal %d", s.Adopted)
	add(s.NotCompared, "not compared %d", s.NotCompared)
	add(s.Conflicts, "conflicts %d", s.Conflicts)
	add(s.Failed, "failed %d", s.Failed)
	add(s.Skipped, "skipped %d", s.Skipped)
	add(unreadable(s), "unreadable %d", unreadable(s))
	if len(parts) == 0 {
		parts = append(parts, "nothing")
	}
	return strings.Join(append(parts, durationText(s.Seconds)), ", ")
}

// Did reports whether a pass did or met anything. What it only found as it was before,
// and what is always left out, do not count.
func Did(s sync.Summary) bool {
	return s != sync.Summary{Seconds: s.Seconds, DryRun: s.DryRun, Blind: s.Blind, LeftOut: s.LeftOut,
		LeftAlone: s.LeftAlone, NotListed: s.NotListed, ConflictsWaiting: s.ConflictsWaiting}
}

// durationText returns "0.4 s" or "12m5s".
func durationText(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
