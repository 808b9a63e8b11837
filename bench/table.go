package main

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// table holds lines of cells. The first line is the heading. Text is aligned left, and figures right.
type table [][]string

// compact returns the table without columns that are empty below the heading.
func (t table) compact() table {
	small := make(table, len(t))
	for i := range t[0] {
		if !slices.ContainsFunc(t[1:], func(line []string) bool { return line[i] != "" }) {
			continue
		}
		for n, line := range t {
			small[n] = append(small[n], line[i])
		}
	}
	return small
}

func (t table) text(markdown bool) string {
	widths := make([]int, len(t[0]))
	for _, line := range t {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var b strings.Builder
	for n, line := range t {
		cells := make([]string, len(line))
		for i, cell := range line {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if cells[i] = padding + cell; i == 0 || t[0][i] == verdictColumn {
				cells[i] = cell + padding
			}
		}
		if markdown {
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		} else {
			b.WriteString(strings.TrimRight(strings.Join(cells, "  "), " ") + "\n")
		}
		if n == 0 && markdown {
			b.WriteString("| --- |" + strings.Repeat(" ---: |", len(line)-1) + "\n")
		}
	}
	return b.String()
}

// heading returns a line above a table.
func heading(text string, markdown bool) string {
	if markdown {
		return "\n### " + text + "\n\n"
	}
	return "\n" + text + "\n"
}
