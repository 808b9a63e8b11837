package man

import (
	"fmt"
	"regexp"
	"strings"
)

// writer collects the lines of a page.
type writer struct{ strings.Builder }

// maxLine is the longest line of text, in bytes, that mandoc finds well-formed.
const maxLine = 80

// fill writes text, which is escaped already, in lines of a good length. The reader sees lines as wide as the terminal.
func (w *writer) fill(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) >= maxLine {
			w.line(line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	w.line(line)
}

// line writes a line of text, which is escaped already.
func (w *writer) line(text string) {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	w.WriteString(text + "\n")
}

// macro writes a macro with its arguments, which are not escaped yet.
func (w *writer) macro(name string, args ...string) {
	w.WriteString("." + name)
	for _, arg := range args {
		arg = strings.ReplaceAll(escape(arg), `"`, `\(dq`)
		if arg == "" || strings.Contains(arg, " ") {
			arg = `"` + arg + `"`
		}
		w.WriteString(" " + arg)
	}
	w.WriteString("\n")
}

// items writes a list. The texts wrap at the width of the terminal.
func (w *writer) items(items []Item) {
	for _, item := range items {
		w.macro("TP")
		w.line(placeholdersOf(item.Term))
		w.fill(escape(item.Text))
	}
}

// placeholdersOf is a term of a list: an option with its value, a code, or a word.
func placeholdersOf(term string) string {
	words := strings.Split(term, " ")
	for i, word := range words {
		words[i] = placeholders(word)
	}
	return strings.Join(words, " ")
}

// literal writes lines as they are.
func (w *writer) literal(lines []string) {
	w.macro("EX")
	for _, line := range lines {
		w.line(escape(line))
	}
	w.macro("EE")
}

var (
	// heading is a line that begins a part of its own.
	heading = regexp.MustCompile(`^[A-Z][A-Z ]+$`)
	// item is a line of a list: two blanks, a term, at least two blanks, and the text.
	item = regexp.MustCompile(`^( {2,6})(\S+(?: \S+)*) {2,}(\S+(?: \S+)*)$`)
)

// text writes the text of a help: paragraphs with an empty line between them, lists whose lines have a term and a text with
// blanks between them, and lines that are set in and left as they are. A block that begins with a heading in capitals is a
// part of its own behind all others.
func (w *writer) text(text string) {
	var headed [][]string
	began := false
	for block := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		if heading.MatchString(lines[0]) {
			headed = append(headed, lines)
			continue
		}
		w.block(lines, began)
		began = true
	}
	for _, lines := range headed {
		w.macro("SH", lines[0])
		w.block(lines[1:], false)
	}
}

// block writes a paragraph, a list, or lines as they are. It is apart from what stands before it in the same part.
func (w *writer) block(lines []string, apart bool) {
	if len(lines) == 0 || lines[0] == "" {
		return
	}
	if items := list(lines); items != nil {
		w.items(items)
		return
	}
	if apart {
		w.macro("PP")
	}
	if strings.HasPrefix(lines[0], "  ") {
		w.literal(lines)
		return
	}
	for _, line := range lines {
		w.fill(escape(strings.TrimSpace(line)))
	}
}

// list returns the lines as a list, nil if they are none.
func list(lines []string) (items []Item) {
	depth := 0
	for _, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if m := item.FindStringSubmatch(line); m != nil && (depth == 0 || indent == depth) {
			depth = indent
			items = append(items, Item{m[2], m[3]})
			continue
		}
		if depth == 0 || indent <= depth {
			return nil
		}
		items[len(items)-1].Text += " " + strings.TrimSpace(line)
	}
	return items
}

// escapes are the characters that mean something to roff, or that it shows as others.
var escapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)

// escape returns text so that it is shown as it is.
func escape(s string) string {
	s = escapes.Replace(s)
	var b strings.Builder
	for _, r := range s {
		if r < 128 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}

// seeAlso writes the pages that belong to this one, as "ferry(1)".
func (w *writer) seeAlso(pages []string) {
	if len(pages) == 0 {
		return
	}
	w.macro("SH", "SEE ALSO")
	for i, page := range pages {
		name, section, _ := strings.Cut(strings.TrimSuffix(page, ")"), "(")
		end := ","
		if i == len(pages)-1 {
			end = ""
		}
		w.macro("BR", name, "("+section+")"+end)
	}
}
