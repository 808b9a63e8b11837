package ftpserver

import (
	"path"
	"slices"
)

// The functions in this file are values for Fault.Listing. To add a fault of listings, add a function.

// EmptyListing removes all lines.
func EmptyListing([]string) []string { return nil }

// FirstLines keeps only the first n lines.
func FirstLines(n int) func([]string) []string {
	return func(lines []string) []string { return lines[:min(n, len(lines))] }
}

// InsertLine inserts a line before the line with the given index, or at the end.
func InsertLine(index int, line string) func([]string) []string {
	return func(lines []string) []string {
		return slices.Insert(slices.Clone(lines), min(index, len(lines)), line)
	}
}

// AppendLines adds lines as they are, such as garbage, paths that lead outside, or escape sequences.
func AppendLines(more ...string) func([]string) []string {
	return func(lines []string) []string { return append(slices.Clip(lines), more...) }
}

// HideNames removes the lines of all names that match a pattern as in path.Match.
func HideNames(pattern string) func([]string) []string {
	return func(lines []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
			ok, _ := path.Match(pattern, nameInLine(line))
			return ok
		})
	}
}

// GarbleLine replaces the line of one name by a line that is in no known form.
func GarbleLine(name string) func([]string) []string {
	return func(lines []string) []string {
		lines = slices.Clone(lines)
		for i, line := range lines {
			if nameInLine(line) == name {
				lines[i] = "?????????? ? ? ? ? ? " + name
			}
		}
		return lines
	}
}
