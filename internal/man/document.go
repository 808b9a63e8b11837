package man

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Document is a page that says what a file of docs/ says.
type Document struct {
	Name    string // ferry.yaml
	Section int
	Summary string // one line
	Date    string // YYYY-MM-DD
	// Markdown has headings, paragraphs, lists, tables and lines that are set in by four blanks.
	Markdown string
	// Pages are the pages that files are made to, by the name that a link has: "hooks.md" is "ferry-hooks(7)".
	Pages   map[string]string
	SeeAlso []string // "ferry(1)"
}

var (
	bullet    = regexp.MustCompile(`^- (.+)$`)
	numbered  = regexp.MustCompile(`^([0-9]+\.) (.+)$`)
	separator = regexp.MustCompile(`^\|(?: -+ \|)+$`)
	// inPage is an entry of a table of contents.
	inPage = regexp.MustCompile(`^\[[^]]+\]\(#[^)]+\)$`)
)

// Text returns the page. An error names the line of what cannot be shown.
func (d Document) Text() (string, error) {
	w := documentWriter{pages: d.Pages, first: true}
	fmt.Fprintf(&w, ".TH \"%s\" %d %s\n", escape(strings.ToUpper(d.Name)), d.Section, d.Date)
	w.macro("SH", "NAME")
	w.line(escape(d.Name) + ` \- ` + escape(d.Summary))
	w.macro("SH", "DESCRIPTION")
	lines := strings.Split(strings.TrimRight(d.Markdown, "\n"), "\n")
	if !strings.HasPrefix(lines[0], "# ") {
		return "", errors.New("1: no title")
	}
	for i := 1; i < len(lines); {
		n, err := w.part(lines[i:])
		if err != nil {
			return "", fmt.Errorf("%d: %w", i+1, err)
		}
		i += n
	}
	w.seeAlso(d.SeeAlso)
	return w.String(), nil
}

// documentWriter writes the parts of a Document.
type documentWriter struct {
	writer
	pages map[string]string
	first bool // nothing stands below the last heading yet
}

// part writes the block that the lines begin with, and says how many lines it has.
func (w *documentWriter) part(lines []string) (int, error) {
	line := lines[0]
	switch {
	case line == "":
		return 1, nil
	case strings.HasPrefix(line, "## "), strings.HasPrefix(line, "### "):
		marks, text, _ := strings.Cut(line, " ")
		text = strings.NewReplacer("`", "", "*", "").Replace(text)
		if marks == "##" {
			w.macro("SH", strings.ToUpper(text))
		} else {
			w.macro("SS", text)
		}
		w.first = true
		return 1, nil
	case strings.HasPrefix(line, "    "):
		n := count(lines, func(line string) bool { return line == "" || strings.HasPrefix(line, "    ") })
		for lines[n-1] == "" {
			n--
		}
		w.apart()
		w.literal(lines[:n])
		return n, nil
	case strings.HasPrefix(line, "|"):
		n := count(lines, func(line string) bool { return strings.HasPrefix(line, "|") })
		return n, w.table(lines[:n])
	case bullet.MatchString(line), numbered.MatchString(line):
		return w.list(lines)
	case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "```"), strings.HasPrefix(line, "<"), strings.HasPrefix(line, ">"), strings.HasPrefix(line, "!["), strings.HasPrefix(line, " "):
		return 0, fmt.Errorf("a page cannot show %q", line)
	}
	n := count(lines, func(line string) bool {
		return line != "" && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "#") && !bullet.MatchString(line)
	})
	text, err := w.inline(strings.Join(lines[:n], " "), "R")
	if err != nil {
		return 0, err
	}
	w.apart()
	w.fill(text)
	return n, nil
}

// apart begins a paragraph, where one stands before it.
func (w *documentWriter) apart() {
	if !w.first {
		w.macro("PP")
	}
	w.first = false
}

// count is how many lines from the first one on are of a kind.
func count(lines []string, is func(string) bool) int {
	if n := slices.IndexFunc(lines, func(line string) bool { return !is(line) }); n >= 0 {
		return n
	}
	return len(lines)
}

// list writes an item with the lines that belong to it. A table of contents is left out: man has a search.
func (w *documentWriter) list(lines []string) (int, error) {
	mark, text := `\(bu`, ""
	if m := bullet.FindStringSubmatch(lines[0]); m != nil {
		text = m[1]
	} else {
		m := numbered.FindStringSubmatch(lines[0])
		mark, text = m[1], m[2]
	}
	n := 1 + count(lines[1:], func(line string) bool { return strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "    ") })
	for _, line := range lines[1:n] {
		text += " " + strings.TrimSpace(line)
	}
	if inPage.MatchString(text) {
		return n, nil
	}
	text, err := w.inline(text, "R")
	if err != nil {
		return 0, err
	}
	w.WriteString(".IP " + mark + " 4\n") // macro would escape the mark
	w.fill(text)
	w.first = false
	return n, nil
}

// table writes a table as a list, which is as wide as the terminal: the first column has the terms. Where more than one
// column follows, each stands behind its heading.
func (w *documentWriter) table(lines []string) error {
	if len(lines) < 3 || !separator.MatchString(lines[1]) {
		return errors.New("a table needs a heading, a line of dashes and a row")
	}
	headings := cells(lines[0])
	for _, line := range lines[2:] {
		row := cells(line)
		if len(row) != len(headings) {
			return fmt.Errorf("a row has %d cells, the heading %d", len(row), len(headings))
		}
		w.macro("TP")
		if err := w.row(headings, row); err != nil {
			return err
		}
	}
	w.first = false
	return nil
}

// row writes the term of an item and what is said about it.
func (w *documentWriter) row(headings, row []string) error {
	term, err := w.inline(row[0], "R")
	if err != nil {
		return err
	}
	w.line(term)
	var told []string
	for i, cell := range row[1:] {
		switch {
		case cell == "":
			continue
		case len(row) > 2 && headings[i+1] != "":
			cell = headings[i+1] + ": " + cell
		}
		text, err := w.inline(cell, "R")
		if err != nil {
			return err
		}
		told = append(told, text)
	}
	if len(told) == 0 {
		told = []string{`\&`}
	}
	for i, text := range told {
		if i > 0 {
			w.macro("br")
		}
		w.fill(text)
	}
	return nil
}

// cells are the texts of a row. A "|" in code is one of the text.
func cells(line string) (all []string) {
	var b strings.Builder
	code := false
	for _, r := range strings.TrimPrefix(line, "|") {
		switch {
		case r == '|' && !code:
			all = append(all, strings.TrimSpace(b.String()))
			b.Reset()
			continue
		case r == '`':
			code = !code
		}
		b.WriteRune(r)
	}
	return all
}

// inline writes a text with code in bold, what is stressed in bold or italics, and links as what they are called. font
// is that of the text around it.
func (w *documentWriter) inline(text, font string) (string, error) {
	var b strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "`*[")
		if i < 0 {
			b.WriteString(escape(text))
			break
		}
		b.WriteString(escape(text[:i]))
		text = text[i:]
		var open, end, inner string
		switch {
		case text[0] == '`':
			open, end, inner = "`", "`", "B"
		case strings.HasPrefix(text, "**"):
			open, end, inner = "**", "**", "B"
		case text[0] == '*':
			open, end, inner = "*", "*", "I"
		default:
			open, end, inner = "[", ")", font
		}
		content, rest, ok := strings.Cut(text[len(open):], end)
		if !ok {
			return "", fmt.Errorf("%q has no end", text)
		}
		if open == "`" {
			content = escape(content)
		} else if open == "[" {
			name, to, ok := strings.Cut(content, "](")
			if !ok {
				return "", fmt.Errorf("%q is no link", text)
			}
			content = w.link(name, to)
		} else {
			var err error
			if content, err = w.inline(content, inner); err != nil {
				return "", err
			}
		}
		if inner == font {
			b.WriteString(content)
		} else {
			fmt.Fprintf(&b, `\f%s%s\f%s`, inner, content, font)
		}
		text = rest
	}
	return b.String(), nil
}

// link is a link to a place in the same page, to a file that is a page itself, or to something else, which is named.
func (w *documentWriter) link(name, to string) string {
	file, _, _ := strings.Cut(to, "#")
	page := w.pages[file]
	switch {
	case file == "" || name == file && page == "":
		return escape(name)
	case name == file:
		return escape(page)
	case page != "":
		return escape(name + ", see " + page)
	case strings.Contains(to, "://"):
		return escape(name + " <" + to + ">")
	}
	return escape(name)
}
