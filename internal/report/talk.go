package report

import (
	"fmt"
	"io"
	"strings"

	"ferry/internal/text"
)

// A Talker writes messages for people.
type Talker struct {
	W     io.Writer
	Quiet bool
	Name  string // of the profile, where messages about several are mixed
	Color Color
	// Log gets all messages as well, also where Quiet is set; nil: there is none.
	Log io.Writer
}

// Say writes a message of some kind, as "problem: ", with its prefix on each line.
func (t Talker) Say(kind, message string) {
	for line := range strings.SplitSeq(text.CleanLines(message), "\n") {
		if line == "" {
			continue
		}
		line = "ferry: " + kind + t.prefix() + line
		fmt.Fprintln(t.W, t.Color.paint(kinds[kind], line))
		if t.Log != nil {
			fmt.Fprintln(t.Log, line)
		}
	}
}

// prefix names the profile at the beginning of a line.
func (t Talker) prefix() string {
	if t.Name == "" {
		return ""
	}
	return t.Name + ": "
}

// Note says something that is good to know, unless Quiet is set.
func (t Talker) Note(format string, args ...any) {
	if t.Quiet {
		t.W = io.Discard
	}
	t.Say("", fmt.Sprintf(format, args...))
}

// Warn says that something is wrong but does not stop the program.
func (t Talker) Warn(format string, args ...any) { t.Say("warning: ", fmt.Sprintf(format, args...)) }

// Fail says what ended the program or a pass, and the way out, which may be "".
func (t Talker) Fail(err error, hint string) {
	t.Say("error: ", err.Error())
	t.Say("hint: ", hint)
}
