package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a diff: above the first a file is not looked into, above the second
// two files are so different that their lines are not paired.
const (
	diffBytes = 1 << 20
	diffEdits = 1000
	// diffContext is how many equal lines are shown around a change.
	diffContext = 3
)

// isText reports whether content can be shown line by line.
func isText(content string) bool {
	return utf8.ValidString(content) && !strings.ContainsRune(content, 0)
}

// An edit is a line of a diff: ' ' is in both, '-' in the first only, '+' in the
// second only.
type edit struct {
	kind byte
	line string
}

// unified returns the differences of two texts in the unified form, as diff -u
// and patch have it, or "" where there are none.
func unified(nameA, nameB, a, b string) string {
	edits := diffLines(splitLines(a), splitLines(b))
	var out strings.Builder
	atA, atB := 1, 1 // the numbers of the next lines
	for i := 0; i < len(edits); {
		if edits[i].kind == ' ' {
			i, atA, atB = i+1, atA+1, atB+1
			continue
		}
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", nameA, nameB)
		}
		from := max(0, i-diffContext)
		to := hunkEnd(edits, i)
		nA, nB := countLines(edits[from:to])
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", hunkRange(atA-(i-from), nA), hunkRange(atB-(i-from), nB))
		for _, e := range edits[from:to] {
			out.WriteByte(e.kind)
			out.WriteString(e.line)
			if !strings.HasSuffix(e.line, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
		atA, atB, i = atA-(i-from)+nA, atB-(i-from)+nB, to
	}
	return out.String()
}

// hunkEnd returns where the hunk ends that has a change at i: so many equal
// lines behind the last change, and none where the next change is near.
func hunkEnd(edits []edit, i int) int {
	last := i
	for j := i; j < len(edits) && j <= last+2*diffContext; j++ {
		if edits[j].kind != ' ' {
			last = j
		}
	}
	return min(len(edits), last+1+diffContext)
}

func countLines(edits []edit) (inA, inB int) {
	for _, e := range edits {
		if e.kind != '+' {
			inA++
		}
		if e.kind != '-' {
			inB++
		}
	}
	return inA, inB
}

// hunkRange returns "start,count" as the unified form has it: an empty range
// starts at the line before it, and a count of one is left out.
func hunkRange(start, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", start-1)
	case 1:
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, n)
}

func splitLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// diffLines pairs the lines of a and b with as few edits as there can be, after
// E. Myers, An O(ND) difference algorithm and its variations (1986). What differs
// in more than diffEdits lines counts as replaced as a whole.
func diffLines(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	edits := appendEdits(nil, ' ', a[:head])
	edits = append(edits, diffMiddle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return appendEdits(edits, ' ', a[len(a)-tail:])
}

func appendEdits(edits []edit, kind byte, lines []string) []edit {
	for _, line := range lines {
		edits = append(edits, edit{kind, line})
	}
	return edits
}

func diffMiddle(a, b []string) []edit {
	trace := furthest(a, b)
	if trace == nil {
		return appendEdits(appendEdits(nil, '-', a), '+', b)
	}
	var back []edit // from the end to the beginning
	x, y := len(a), len(b)
	equal := func(toX, toY int) {
		for x > toX && y > toY {
			x, y = x-1, y-1
			back = append(back, edit{' ', a[x]})
		}
	}
	for d := len(trace) - 1; d > 0; d-- {
		before, k := trace[d-1], x-y
		at := func(k int) int { return before[k+d-1] }
		if k == -d || k != d && at(k-1) < at(k+1) {
			toX := at(k + 1)
			equal(toX, toX-k-1)
			y--
			back = append(back, edit{'+', b[y]})
		} else {
			toX := at(k - 1)
			equal(toX, toX-k+1)
			x--
			back = append(back, edit{'-', a[x]})
		}
	}
	equal(0, 0)
	slices.Reverse(back)
	return back
}

// furthest returns, for each number of edits d up to the least that leads from a
// to b, how far in a one can get on each diagonal k from -d to d, at index k+d.
// It is nil where more than diffEdits edits are needed.
func furthest(a, b []string) [][]int {
	var trace [][]int
	for d := 0; d <= min(len(a)+len(b), diffEdits); d++ {
		row := make([]int, 2*d+1)
		for k := -d; k <= d; k += 2 {
			x := 0
			if d > 0 {
				before := func(k int) int { return trace[d-1][k+d-1] }
				if k == -d || k != d && before(k-1) < before(k+1) {
					x = before(k + 1)
				} else {
					x = before(k-1) + 1
				}
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			row[k+d] = x
			if x >= len(a) && x-k >= len(b) {
				return append(trace, row)
			}
		}
		trace = append(trace, row)
	}
	return nil
}
