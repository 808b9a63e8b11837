package hooks

import (
	"bytes"
	"fmt"
	"strings"
)

// The bounds on what is shown of the output of a command.
const (
	maxLine  = 1000 // bytes of a line
	maxLines = 500
)

// An outlet hands the output of a command on, line by line. It takes as much as
// is written, so that no command is held up, and drops what is too much.
type outlet struct {
	out   func(line string)
	line  []byte
	long  bool // bytes of the line were dropped
	lines int
}

// Write implements [io.Writer]; it never fails.
func (o *outlet) Write(p []byte) (int, error) {
	n := len(p)
	for {
		part, rest, ended := bytes.Cut(p, []byte{'\n'})
		room := max(maxLine-len(o.line), 0)
		o.long = o.long || len(part) > room
		o.line = append(o.line, part[:min(len(part), room)]...)
		if !ended {
			return n, nil
		}
		o.end()
		p = rest
	}
}

// end hands over the line that was gathered.
func (o *outlet) end() {
	text := strings.TrimSuffix(string(o.line), "\r")
	if o.long {
		text += " ..."
	}
	o.line, o.long = o.line[:0], false
	if o.lines++; o.lines <= maxLines && o.out != nil {
		o.out(text)
	}
}

// close hands over a last line without its end, and says what was left out.
func (o *outlet) close() {
	if len(o.line) > 0 {
		o.end()
	}
	if more := o.lines - maxLines; more > 0 && o.out != nil {
		o.out(fmt.Sprintf("(%d more lines are left out)", more))
	}
}
