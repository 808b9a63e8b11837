package hooks

import (
	"bytes"
	"fmt"
	"strings"
)

// The limits for the output of a command.
const (
	maxLine  = 1000 // bytes of a line
	maxLines = 500
)

// outputLines passes the output of a command on, line by line. It drops what is beyond
// the limits, but accepts all output, so that it never blocks the command.
type outputLines struct {
	out       func(line string)
	line      []byte
	truncated bool // bytes of the line were dropped
	lines     int
}

// Write implements [io.Writer]; it never fails.
func (l *outputLines) Write(p []byte) (int, error) {
	n := len(p)
	for {
		part, rest, ended := bytes.Cut(p, []byte{'\n'})
		room := max(maxLine-len(l.line), 0)
		l.truncated = l.truncated || len(part) > room
		l.line = append(l.line, part[:min(len(part), room)]...)
		if !ended {
			return n, nil
		}
		l.flush()
		p = rest
	}
}

// flush passes on the current line.
func (l *outputLines) flush() {
	text := strings.TrimSuffix(string(l.line), "\r")
	if l.truncated {
		text += " ..."
	}
	l.line, l.truncated = l.line[:0], false
	if l.lines++; l.lines <= maxLines && l.out != nil {
		l.out(text)
	}
}

// close passes on a last line without a line break, and says how many were dropped.
func (l *outputLines) close() {
	if len(l.line) > 0 {
		l.flush()
	}
	if more := l.lines - maxLines; more > 0 && l.out != nil {
		l.out(fmt.Sprintf("(%d more lines are left out)", more))
	}
}
