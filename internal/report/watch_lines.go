package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"ferry/internal/text"
	"ferry/sync/watch"
)

// WatchLines returns the lines that a terminal of that size shows of watched pairs, each
// with the name of its pair. Where there are more pairs than room, a line with the totals
// comes first, then the pairs, those that need attention first, and the last line counts
// the pairs that are left out.
func WatchLines(views []*WatchView, columns, rows int) []string {
	now := make([]pairNow, len(views))
	for i, v := range views {
		now[i] = pairNow{v, v.current()}
	}
	room := watchRoom(rows)
	if len(now) <= room {
		return pairLines(now, columns)
	}
	lines := []string{totals(now)}
	shown := room - 1
	if room > 2 {
		shown-- // the last line counts the others
	}
	slices.SortStableFunc(now, func(a, b pairNow) int { return cmp.Compare(a.rank(), b.rank()) })
	lines = append(lines, pairLines(now[:shown], columns)...)
	if room > 2 {
		lines = append(lines, leftOut(now[shown:]))
	}
	return lines
}

// watchRoom returns how many rows of a terminal the lines of pairs may take. The others
// are for what is written above them, and for the cursor.
func watchRoom(rows int) int { return max(rows-max(rows/4, 2), 1) }

// A pairNow is a pair with its status at the time of the drawing.
type pairNow struct {
	view   *WatchView
	status watch.Status
}

// attention is the order of the states where there is no room for all pairs.
var attention = []watch.State{watch.Halted, watch.Waiting, watch.Syncing, watch.Starting, watch.HandedOver, watch.Paused, watch.Stopped, watch.Idle}

// rank returns the place of the pair in that order. A pair that is at rest with failures
// or conflicts comes before those that are in sync.
func (p pairNow) rank() int {
	rank := 2 * slices.Index(attention, p.status.State)
	if p.status.State == watch.Idle && p.status.Failed+p.status.ConflictsWaiting > 0 {
		rank--
	}
	return rank
}

// pairLines returns a line for each pair. The names take up to three tenths of the width.
func pairLines(pairs []pairNow, columns int) []string {
	widest := min(max(columns*3/10, 8), 40)
	var names []string
	width := 0
	for _, p := range pairs {
		name := elide(text.Clean(p.view.head.Name), widest)
		names = append(names, name)
		width = max(width, runewidth.StringWidth(name))
	}
	var lines []string
	for i, p := range pairs {
		lines = append(lines, pad(names[i], width)+"  "+p.view.line(p.status, columns-width-2))
	}
	return lines
}

// totals returns how many pairs are in which state, and what else waits for the user.
func totals(pairs []pairNow) string {
	failed, conflicts := 0, 0
	for _, p := range pairs {
		failed += p.status.Failed
		conflicts += p.status.ConflictsWaiting
	}
	parts := countStates(pairs)
	if failed > 0 {
		parts = append(parts, text.Count(failed, "file")+" failed")
	}
	if conflicts > 0 {
		parts = append(parts, ConflictsWait(conflicts))
	}
	return text.Count(len(pairs), "pair") + ": " + strings.Join(parts, ", ")
}

// countStates returns how many pairs are in each state, such as "2 halted".
func countStates(pairs []pairNow) []string {
	n := make(map[watch.State]int)
	for _, p := range pairs {
		n[p.status.State]++
	}
	var parts []string
	for _, state := range attention {
		if n[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[state], stateWord(state)))
		}
	}
	return parts
}

// leftOut returns the line for the pairs that have no line.
func leftOut(pairs []pairNow) string {
	return "… and " + strings.Join(countStates(pairs), ", ")
}
