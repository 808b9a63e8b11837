package ftpserver

import (
	"path"
	"slices"
)

// The functions here make values for Fault.Listing.

// EmptyListing leaves no line.
func EmptyListing([]string) []string { return nil }

// FirstLines leaves n lines.
func FirstLines(n int) func([]string) []string {
	return func(lines []string) []string { return lines[:min(n, len(lines))] }
}

// InsertLine puts a line before the line with the given index, or last.
func InsertLine(index int, line string) func([]string) []string {
	return func(lines []string) []string {
		return slices.Insert(slices.Clone(lines), min(index, len(lines)), line)
	}
}

// AppendLines adds lines as they are: garbage, names that lead outside, escape sequences.
func AppendLines(more ...string) func([]string) []string {
	return func(lines []string) []string { return append(slices.Clip(lines), more...) }
}

// HideNames leaves out the lines of all names that fit the pattern of path.Match.
func HideNames(pattern string) func([]string) []string {
	return func(lines []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
			ok, _ := path.Match(pattern, nameInLine(line))
			return ok
		})
	}
}

// GarbleLine replaces the line of one name by something that no form of listing has.
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
