// Package show puts what commands list into lines of text and into JSON.
package show

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/dustin/go-humanize"
)

// A Trash is something in the trash, in JSON.
type Trash struct {
	Type    string   `json:"type"`
	Profile string   `json:"profile,omitempty"`
	Side    app.Side `json:"side"`
	report.Path
	When      time.Time `json:"when"`
	Stamp     string    `json:"stamp"` // as --when takes it
	Size      int64     `json:"size"`
	Directory bool      `json:"directory,omitempty"`
	// What became of it, but for a list.
	Restored  bool `json:"restored,omitempty"`
	Discarded bool `json:"discarded,omitempty"`
}

// TrashJSON returns t in JSON, of the pair with this profile.
func TrashJSON(t app.Trashed, profile string) Trash {
	return Trash{
		Type: "trash", Profile: profile, Side: t.Side, Path: report.PathOf(t.Path),
		When: t.When, Stamp: t.Stamp(), Size: t.Entry.Size, Directory: t.Entry.IsDir(),
	}
}

// TrashLines returns the lines of a list. Ages are those at now.
func TrashLines(things []app.Trashed, now time.Time) string {
	width := 0
	for _, t := range things {
		width = max(width, len(t.Stamp()))
	}
	var b strings.Builder
	for _, t := range things {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, t.Stamp(), trashLine(t, now))
	}
	return b.String()
}

// trashLine returns what stands behind the stamp in the line of a list.
func trashLine(t app.Trashed, now time.Time) string {
	path := text.Clean(string(t.Path))
	if t.Entry.IsDir() {
		path += "/"
	}
	return fmt.Sprintf("%-14s  %-6s  %7s  %s", humanize.RelTime(t.When, now, "ago", "from now"), t.Side,
		report.Size(t.Entry.Size), path)
}

// TrashOffNote says on which of the sides that were looked at passes keep nothing. pushed
// says that the last pass was a push.
func TrashOffNote(p *app.Pair, pushed bool, looked func(app.Side) bool) string {
	var off []string
	keeps := p.Policy().Trash
	pushed = (pushed || p.Direction == app.Push) && !p.TrashSet && p.Trash
	keeps[app.Remote] = keeps[app.Remote] && !pushed
	for _, side := range app.Sides {
		if looked(side) && !keeps[side] {
			off = append(off, side.String())
		}
	}
	switch {
	case len(off) == 0:
		return ""
	case pushed:
		return "; a push keeps nothing on the server, unless it has --trash on or the profile says \"trash: on\""
	}
	return "; the trash of the " + strings.Join(off, " and the ") + " side is off"
}

// TrashTotal returns the last line of a list.
func TrashTotal(things []app.Trashed) string {
	if len(things) == 0 {
		return "the trash is empty"
	}
	var n [2]int
	var size [2]int64
	for _, t := range things {
		n[t.Side]++
		size[t.Side] += t.Entry.Size
	}
	var parts []string
	for _, side := range app.Sides {
		if n[side] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s %s", side, text.Count(n[side], "file"), report.Size(size[side])))
		}
	}
	return "in the trash: " + strings.Join(parts, ", ")
}
