package report

import (
	"github.com/mattn/go-runewidth"

	"ferry/internal/text"
)

// WatchLines returns the lines that a terminal shows of watched pairs, each with the
// name of its pair.
func WatchLines(views []*WatchView) []string {
	var names []string
	width := 0
	for _, v := range views {
		name := elide(text.Clean(v.head.Name), 20)
		names = append(names, name)
		width = max(width, runewidth.StringWidth(name))
	}
	var lines []string
	for i, v := range views {
		lines = append(lines, pad(names[i], width)+"  "+v.line())
	}
	return lines
}
