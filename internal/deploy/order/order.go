// Package order says which files of a release go live before which.
package order

import (
	"strings"

	"ferry/internal/gitignore"
	"ferry/manifest"
)

// assets are what pages need. They go live before the pages.
var assets = []string{
	"*.css", "*.js", "*.mjs", "*.map", "*.wasm", "*.woff", "*.woff2", "*.ttf", "*.otf", "*.eot",
	"*.svg", "*.png", "*.jpg", "*.jpeg", "*.gif", "*.webp", "*.avif", "*.ico",
}

// Default is the text of the order in which files go live where the profile says nothing:
// what pages need, everything else, pages, and what decides about the whole site.
func Default() string {
	first := strings.Join(assets, " ")
	return first + "\n" +
		"*\n" +
		"*.html *.htm *.xhtml *.xml *.json *.webmanifest *.php\n" +
		"/index.* .htaccess\n"
}

// An Order says which files go live before which. It never changes.
type Order struct {
	lines []*gitignore.Rules // nil: the line of all that no other one matches
	rest  int                // the class of what no line matches
}

// Parse reads an order. Each line has patterns in the syntax of .gitignore, with blanks
// between them (a backslash before a blank makes it part of the pattern). Files of later
// lines go live later. A line with only "*" stands for all that no other line matches, and
// is the first one where it is missing. Empty lines, and lines that begin with "#", do not count.
func Parse(text string) *Order {
	o := new(Order)
	for line := range strings.Lines(text) {
		fields := splitPatterns(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) == 1 && fields[0] == "*":
			o.lines = append(o.lines, nil)
			o.rest = len(o.lines)
		default:
			o.lines = append(o.lines, gitignore.Parse(strings.Join(fields, "\n")))
		}
	}
	return o
}

// Class returns when p goes live: the number of the last line that matches it, from 1, or 0
// where none does.
func (o *Order) Class(p manifest.Path) int {
	for i := len(o.lines) - 1; i >= 0; i-- {
		if o.lines[i].Match(string(p), false) {
			return i + 1
		}
	}
	return o.rest
}

// splitPatterns splits a line at blanks that no backslash escapes.
func splitPatterns(line string) []string {
	var fields []string
	var b strings.Builder
	escaped := false
	for _, r := range line {
		switch {
		case !escaped && strings.ContainsRune(" \t\r\n", r):
			if b.Len() > 0 {
				fields = append(fields, b.String())
				b.Reset()
			}
			continue
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		}
		b.WriteRune(r)
	}
	if b.Len() > 0 {
		fields = append(fields, b.String())
	}
	return fields
}
