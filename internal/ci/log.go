package ci

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// mostAnnotations is how many annotations of a kind GitHub shows for a step.
const mostAnnotations = 10

// A Log is the output of a run, which the system shows to people. Lines that are no more than
// text must not be taken for commands, whatever is in a file name.
type Log struct {
	System   System
	Out      io.Writer
	Now      func() time.Time
	group    string
	warnings int
}

// Begin begins a group of lines that people can unfold.
func (l *Log) Begin(title string) {
	l.End()
	switch l.System {
	case GitHub:
		fmt.Fprintf(l.Out, "::group::%s\n", escapeData(title))
	case GitLab:
		l.group = "ferry_" + sectionName(title)
		fmt.Fprintf(l.Out, "\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", l.Now().Unix(), l.group, oneLine(title))
		return
	default:
		return
	}
	l.group = title
}

// End ends the group.
func (l *Log) End() {
	if l.group == "" {
		return
	}
	switch l.System {
	case GitHub:
		fmt.Fprintln(l.Out, "::endgroup::")
	case GitLab:
		fmt.Fprintf(l.Out, "\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", l.Now().Unix(), l.group)
	}
	l.group = ""
}

// Line prints a line of text.
func (l *Log) Line(text string) {
	text = oneLine(text)
	if l.System == GitHub && (strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, "##[")) {
		text = strings.ReplaceAll(strings.Replace(text, "::", ": :", 1), "##[", "# #[")
	}
	fmt.Fprintln(l.Out, text)
}

// Error shows an error where people look first. On systems without annotations it prints nothing.
func (l *Log) Error(text string) { l.annotate("error", text) }

// Warning shows a warning where people look first, and reports whether it did: GitHub shows ten,
// and other systems none.
func (l *Log) Warning(text string) bool {
	l.warnings++
	if l.System != GitHub || l.warnings > mostAnnotations {
		return false
	}
	l.annotate("warning", text)
	return true
}

func (l *Log) annotate(kind, text string) {
	if l.System == GitHub {
		fmt.Fprintf(l.Out, "::%s title=ferry::%s\n", kind, escapeData(text))
	}
}

// escapeData escapes the text of a workflow command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// oneLine makes one line of text, without what moves the cursor.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// sectionName makes a name of letters and digits.
func sectionName(title string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, title)
}
