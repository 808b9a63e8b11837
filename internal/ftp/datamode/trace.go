package datamode

import (
	"net"
	"strings"

	"ferry/internal/ftp/wire"
)

// A Step is one event between client and server: a command or a reply on the
// control connection, or the opening of a data connection.
type Step struct {
	From   string `json:"from"` // host:port
	To     string `json:"to"`   // host:port, or host alone where no port was reached
	Text   string `json:"text"`
	Data   bool   `json:"data,omitempty"` // it is the opening of a data connection
	Failed bool   `json:"failed,omitempty"`
}

// A Trace records one attempt to open a data connection in one mode, step by step.
type Trace struct {
	Mode  string `json:"mode"` // EPSV, PASV, EPRT or PORT
	Works bool   `json:"works"`
	Steps []Step `json:"steps,omitempty"`
	// Why says why the mode does not work, and Cause what the likely cause is; both
	// are empty where it works.
	Why   string `json:"why,omitempty"`
	Cause string `json:"usually,omitempty"`

	// Client and Server are the ends of the control connection, host:port.
	Client string `json:"client"`
	Server string `json:"server"`

	Unreached bool `json:"-"` // the server did not connect to our listener
	Declined  bool `json:"-"` // the server refused the listing, which says nothing about the mode
}

// LikelyCause begins a hint that gives the likely cause of a failure.
const LikelyCause = "likely cause: "

// NewTrace begins the trace of an attempt in mode m over the control connection with
// these ends.
func NewTrace(m Mode, local, remote net.Addr) *Trace {
	return &Trace{Mode: m.String(), Client: local.String(), Server: remote.String()}
}

// Asked adds a command.
func (t *Trace) Asked(line string) {
	t.Steps = append(t.Steps, Step{From: t.Client, To: t.Server, Text: wire.Printable(line)})
}

// Answered adds a reply.
func (t *Trace) Answered(r wire.Reply) {
	t.Steps = append(t.Steps, Step{From: t.Server, To: t.Client, Text: r.String(), Failed: r.Refused()})
}

// Silent adds a reply that never came.
func (t *Trace) Silent(text string) {
	t.Steps = append(t.Steps, Step{From: t.Server, To: t.Client, Text: text, Failed: true})
}

// Connected adds the opening of a data connection, or the failure of it.
func (t *Trace) Connected(from, to, text string, failed bool) {
	t.Steps = append(t.Steps, Step{From: from, To: to, Text: text, Data: true, Failed: failed})
}

// Hint returns the likely cause as a hint, "" where none is known.
func (t *Trace) Hint() string {
	if t.Cause == "" {
		return ""
	}
	return LikelyCause + t.Cause
}

// Fails notes why the mode does not work, and returns that as an error.
func (t *Trace) Fails(why, cause string) *Error {
	t.Why, t.Cause = why, cause
	return &Error{Trace: t}
}

// A Error says that data connections cannot be opened in one mode.
type Error struct{ Trace *Trace }

// Error returns the mode and why it does not work.
func (e *Error) Error() string { return e.Trace.Mode + ": " + e.Trace.Why }

// Join joins the reasons of several traces into one line.
func Join(traces []*Trace) string {
	var parts []string
	for _, trace := range traces {
		parts = append(parts, trace.Mode+": "+trace.Why)
	}
	return strings.Join(parts, "; ")
}
