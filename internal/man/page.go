// Package man writes manual pages, in the macros man(7), from the text that the help of commands consists of.
package man

import (
	"fmt"
	"strings"
)

// A Page is one page of section 1.
type Page struct {
	Name     string   // with "-" in place of blanks: ferry-trash-empty
	Summary  string   // one line
	Date     string   // YYYY-MM-DD
	Synopsis []string // how it is called, each beginning with the name of the program
	About    string   // paragraphs, lists and parts of their own, see write
	Options  []Group
	Commands []Item
	Examples string   // as it is typed
	Exits    string   // lines with a code and its meaning
	SeeAlso  []string // with their sections: "ferry(1)"
}

// A Group is a part of the options.
type Group struct {
	Title string
	Items []Item
}

// An Item is a term and what it stands for.
type Item struct{ Term, Text string }

// Text returns the page.
func (p Page) Text() string {
	var w writer
	w.WriteString(`.TH "` + escape(strings.ToUpper(p.Name)) + `" 1 ` + p.Date + "\n") // a date with escaped dashes is none
	w.macro("SH", "NAME")
	w.line(escape(p.Name) + ` \- ` + escape(p.Summary))
	w.macro("SH", "SYNOPSIS")
	for i, line := range p.Synopsis {
		if i > 0 {
			w.macro("br")
		}
		w.fill(synopsis(line))
	}
	w.macro("SH", "DESCRIPTION")
	w.text(p.About)
	if len(p.Commands) > 0 {
		w.macro("SH", "COMMANDS")
		w.items(p.Commands)
	}
	for i, group := range p.Options {
		if i == 0 {
			w.macro("SH", "OPTIONS")
		}
		if group.Title != "OPTIONS" {
			w.macro("SS", title(group.Title))
		}
		w.items(group.Items)
	}
	if p.Exits != "" {
		w.macro("SH", "EXIT STATUS")
		w.items(codes(p.Exits))
	}
	if p.Examples != "" {
		w.macro("SH", "EXAMPLES")
		w.literal(strings.Split(strings.Trim(p.Examples, "\n"), "\n"))
	}
	w.seeAlso(p.SeeAlso)
	return w.String()
}

// title is the heading of a group of options: "What to sync".
func title(s string) string {
	if s == "TLS" {
		return s
	}
	return s[:1] + strings.ToLower(s[1:])
}

// codes are the exit codes of a help. What belongs to one may go on in the next line.
func codes(text string) (items []Item) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		code, meaning, ok := strings.Cut(line, " ")
		switch {
		case ok && strings.Trim(code, "0123456789") == "":
			items = append(items, Item{code, meaning})
		case line != "" && len(items) > 0:
			items[len(items)-1].Text += " " + line
		}
	}
	return items
}

// synopsis is a line of the usage: the words of the command are bold, and what is to be replaced is in italics.
func synopsis(line string) string {
	var b strings.Builder
	for i, word := range strings.Fields(line) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(placeholders(word))
	}
	return b.String()
}

// placeholders sets runs of capitals in italics, and what else is a word of letters or an option in bold.
func placeholders(word string) string {
	var b strings.Builder
	for len(word) > 0 {
		n := strings.IndexFunc(word, func(r rune) bool { return strings.ContainsRune("[]|.=, ", r) })
		switch {
		case n == 0:
			b.WriteString(escape(word[:1]))
			word = word[1:]
			continue
		case n < 0:
			n = len(word)
		}
		font := "B"
		if strings.ToUpper(word[:n]) == word[:n] && strings.ToLower(word[:n]) != word[:n] {
			font = "I"
		}
		fmt.Fprintf(&b, `\f%s%s\fR`, font, escape(word[:n]))
		word = word[n:]
	}
	return b.String()
}
