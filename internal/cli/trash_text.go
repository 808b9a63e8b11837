package cli

import (
	"fmt"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/report"
	"ferry/internal/text"

	"github.com/dustin/go-humanize"
)

type jsonTrash struct {
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

func trashJSON(t app.Trashed, profile string) jsonTrash {
	return jsonTrash{
		Type: "trash", Profile: profile, Side: t.Side, Path: report.PathOf(t.Path),
		When: t.When, Stamp: t.Stamp(), Size: t.Entry.Size, Directory: t.Entry.IsDir(),
	}
}

// trashLines returns the lines of a list. Ages are those at now.
func trashLines(things []app.Trashed, now time.Time) string {
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

// trashOffNote says on which of the sides that were looked at passes keep nothing. pushed
// says that the last pass was a push.
func trashOffNote(p *app.Pair, pushed bool, looked func(app.Side) bool) string {
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

// trashTotal returns the last line of a list.
func trashTotal(things []app.Trashed) string {
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
