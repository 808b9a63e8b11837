package history

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"
)

// The types of lines.
const (
	TypeBegin  = "begin"  // a pass that does something has begun
	TypeAction = "action" // one thing was done to one path, or failed
	TypePass   = "pass"   // a pass has ended
)

// A Line is one line of the history, in the words of the JSON output of passes.
type Line struct {
	Type    string    `json:"type"`
	Time    time.Time `json:"time"`
	Pair    string    `json:"pair"` // its key in the state directory
	Profile string    `json:"profile,omitempty"`
	Command string    `json:"command"`
	// Pass is the same in all lines of one pass.
	Pass string `json:"pass"`
	// By is who ran the command, as user@host.
	By string `json:"by,omitempty"`

	*Action
	*Sides
	*End

	// Error says why the action or the pass failed.
	Error string `json:"error,omitempty"`
}

// An Action is one thing that was done, or that failed.
type Action struct {
	// Op is one of [sync.Op], or Restore, Discard or Chmod.
	Op   sync.Op `json:"op"`
	Side string  `json:"side"` // where it happened
	// Path and From may have any bytes. Where they are not UTF-8, the text is only for
	// people, and the bytes stand beside it.
	Path      string `json:"path"`
	PathBytes []byte `json:"path_base64,omitempty"`
	From      string `json:"from,omitempty"` // the old name, of a move
	FromBytes []byte `json:"from_base64,omitempty"`
	Size      int64  `json:"size"`
	Why       string `json:"why"`
	// LocalChange and RemoteChange are what had happened to the path on each side.
	LocalChange  sync.Change `json:"local_change,omitempty"`
	RemoteChange sync.Change `json:"remote_change,omitempty"`
	OK           bool        `json:"ok,omitempty"`
}

// Operations that passes do not have.
const (
	Restore sync.Op = "restore" // from the trash
	Discard sync.Op = "discard" // from the trash, for good
	Chmod   sync.Op = "chmod"
)

// Sides names the two sides, in the lines of the beginning and the end of a pass.
type Sides struct {
	Local     string `json:"local"`
	Remote    string `json:"remote"` // without a password
	Direction string `json:"direction"`
}

// An End is what a pass came to.
type End struct {
	Start time.Time `json:"start"`
	Exit  int       `json:"exit"`
	// Summary counts what a pass did; nil for a command that makes no pass.
	*sync.Summary
}

// NewAction returns an action on a path of a side.
func NewAction(op sync.Op, side sync.Side, path manifest.Path) Action {
	a := Action{Op: op, Side: side.String()}
	a.Path, a.PathBytes = encode(path)
	return a
}

// SetFrom sets the old name.
func (a *Action) SetFrom(from manifest.Path) { a.From, a.FromBytes = encode(from) }

// At returns the path.
func (a *Action) At() manifest.Path { return decode(a.Path, a.PathBytes) }

// Was returns the old name; the root: there is none.
func (a *Action) Was() manifest.Path { return decode(a.From, a.FromBytes) }

func encode(p manifest.Path) (text string, bytes []byte) {
	if utf8.ValidString(string(p)) {
		return string(p), nil
	}
	return string(p), []byte(p)
}

func decode(text string, bytes []byte) manifest.Path {
	if len(bytes) > 0 {
		return manifest.Path(bytes)
	}
	return manifest.Path(text)
}

// Failed reports whether the line tells of something that failed. What failed in a pass that
// came to its end is told by its actions.
func (l *Line) Failed() bool { return l.Error != "" }

// encodeLine returns the line as it is kept, with its end.
func encodeLine(l *Line) ([]byte, error) {
	l.Error = hidePasswords(l.Error)
	if l.Action != nil {
		l.Action.Why = hidePasswords(l.Action.Why)
	}
	text, err := json.Marshal(l)
	return append(text, '\n'), err
}

// parseLine reads a line, and reports whether it is whole.
func parseLine(text []byte) (l Line, ok bool) {
	if json.Unmarshal(text, &l) != nil || l.Time.IsZero() {
		return l, false
	}
	switch l.Type {
	case TypeAction:
		return l, l.Action != nil && l.Op != ""
	case TypeBegin:
		return l, l.Pair != ""
	case TypePass:
		return l, l.End != nil
	}
	return l, false
}

// passwordInURL matches the user and the password in a URL.
var passwordInURL = regexp.MustCompile(`(://[^/\s@:]*):[^/\s]*@`)

// hidePasswords removes passwords from URLs in a message. Messages have none to begin with;
// this is for those of servers and hooks, which may say anything.
func hidePasswords(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return passwordInURL.ReplaceAllString(s, "$1:***@")
}
