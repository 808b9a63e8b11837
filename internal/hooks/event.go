package hooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxPaths is how many paths the body of a request has at most. A command gets all.
const MaxPaths = 1000

// maxText is the longest text in an environment variable, in bytes. Systems allow
// 128 KiB or less, and errors can be long.
const maxText = 4 << 10

// An Event is what a hook gets.
type Event struct {
	// Fields keep their order.
	Fields []Field
	// Paths are what the event is about. No path contains a line break.
	Paths []string
	// Changes, if not nil, take the place of Paths.
	Changes []Change
	// Conflicts, if not nil, take the place of Paths.
	Conflicts []Conflict
}

// A Field is a named value. Name is in lower case, with underscores: "bytes_up" becomes
// FERRY_BYTES_UP for a command, and "bytes_up" in the body of a request. Value is a
// string, an integer or a float64.
type Field struct {
	Name  string
	Value any
}

// A Conflict is a path that changed on both sides. Copy is the path of the conflict
// copy; "" if there is none.
type Conflict struct {
	Path string `json:"path"`
	Copy string `json:"copy,omitempty"`
}

// A Change is a path with what happened to it: A, M or D for added, modified and deleted.
type Change struct {
	Change string `json:"change"`
	Path   string `json:"path"`
}

// environ returns the fields as environment variables.
func (e Event) environ() []string {
	var env []string
	for _, f := range e.Fields {
		env = append(env, "FERRY_"+strings.ToUpper(f.Name)+"="+valueText(f.Value))
	}
	return env
}

func valueText(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', 3, 64)
	case string:
		return shorten(strings.ReplaceAll(v, "\x00", ""), maxText)
	}
	return fmt.Sprint(v)
}

// shorten cuts s to at most n bytes, but not within a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// lines returns the input of a command: a line for each path; for a change its letter, a tab
// and the path; for a conflict the path, a tab and the copy.
func (e Event) lines() io.Reader { return &lineReader{event: e} }

// A lineReader makes the lines of an event while they are read, so that a million paths
// are not in memory twice.
type lineReader struct {
	event Event
	next  int
	rest  []byte
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 && !r.fill() {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// fill prepares the next lines, and reports whether there are any.
func (r *lineReader) fill() bool {
	r.rest = r.rest[:0]
	for len(r.rest) < 16<<10 {
		switch {
		case r.event.Changes != nil && r.next < len(r.event.Changes):
			c := r.event.Changes[r.next]
			r.rest = append(append(append(r.rest, c.Change...), '\t'), c.Path...)
		case r.event.Changes == nil && r.event.Conflicts == nil && r.next < len(r.event.Paths):
			r.rest = append(r.rest, r.event.Paths[r.next]...)
		case r.next < len(r.event.Conflicts):
			c := r.event.Conflicts[r.next]
			r.rest = append(append(append(r.rest, c.Path...), '\t'), c.Copy...)
		default:
			return len(r.rest) > 0
		}
		r.rest = append(r.rest, '\n')
		r.next++
	}
	return true
}

// body returns the event as one JSON object, with at most [MaxPaths] paths.
func (e Event) body() ([]byte, error) {
	o := object{}
	o.add("type", "hook")
	for _, f := range e.Fields {
		o.add(f.Name, f.Value)
	}
	switch {
	case e.Changes != nil:
		o.add("paths_total", len(e.Changes))
		o.add("paths", e.Changes[:min(len(e.Changes), MaxPaths)])
	case e.Conflicts != nil:
		o.add("paths_total", len(e.Conflicts))
		o.add("paths", e.Conflicts[:min(len(e.Conflicts), MaxPaths)])
	default:
		o.add("paths_total", len(e.Paths))
		o.add("paths", append([]string{}, e.Paths[:min(len(e.Paths), MaxPaths)]...))
	}
	return o.bytes()
}

// An object is a JSON object that keeps the order of its keys.
type object struct {
	text bytes.Buffer
	err  error
}

func (o *object) add(name string, value any) {
	var text []byte
	if o.err == nil {
		text, o.err = json.Marshal(value)
	}
	if o.text.Len() > 0 {
		o.text.WriteByte(',')
	}
	o.text.WriteString(strconv.Quote(name) + ":")
	o.text.Write(text)
}

func (o *object) bytes() ([]byte, error) {
	return []byte("{" + o.text.String() + "}\n"), o.err
}
