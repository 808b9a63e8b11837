package ftp

import (
	"net"
	"strings"
)

// A Step is one thing that happened between the two machines: a command or a
// reply on the control connection, or a connection being opened.
type TraceStep struct {
	From   string `json:"from"` // host:port
	To     string `json:"to"`   // host:port, or host alone where no port was reached
	Text   string `json:"text"`
	Data   bool   `json:"data,omitempty"` // about a data connection
	Failed bool   `json:"failed,omitempty"`
}

// A Ladder is what one try to open a data connection in one mode went through,
// step by step.
type Trace struct {
	Mode  string      `json:"mode"` // EPSV, PASV, EPRT or PORT
	Works bool        `json:"works"`
	Steps []TraceStep `json:"steps,omitempty"`
	// Why says why it does not work, and Cause what the likely cause is.
	Why   string `json:"why,omitempty"`
	Cause string `json:"usually,omitempty"`

	// Client and Server are the ends of the control connection, host:port.
	Client string `json:"client"`
	Server string `json:"server"`

	mode      dataMode
	unreached bool // nobody came to our listener
}

func newTrace(m dataMode, local, remote net.Addr) *Trace {
	return &Trace{mode: m, Mode: m.String(), Client: local.String(), Server: remote.String()}
}

// asked adds a command of ours.
func (t *Trace) asked(line string) {
	t.Steps = append(t.Steps, TraceStep{From: t.Client, To: t.Server, Text: Printable(line)})
}

// answered adds a reply of the server.
func (t *Trace) answered(r Reply) {
	t.Steps = append(t.Steps, TraceStep{From: t.Server, To: t.Client, Text: r.String(), Failed: r.Refused()})
}

// silent adds a reply that did not come.
func (t *Trace) silent(text string) {
	t.Steps = append(t.Steps, TraceStep{From: t.Server, To: t.Client, Text: text, Failed: true})
}

// connected adds a data connection that was opened, or was not.
func (t *Trace) connected(from, to, text string, failed bool) {
	t.Steps = append(t.Steps, TraceStep{From: from, To: to, Text: text, Data: true, Failed: failed})
}

// fails notes why the mode does not work.
func (t *Trace) fails(why, cause string) *modeError {
	t.Why, t.Cause = why, cause
	return &modeError{t}
}

// A modeError says that data connections cannot be opened in one mode.
type modeError struct{ trace *Trace }

func (e *modeError) Error() string { return e.trace.Mode + ": " + e.trace.Why }

// tellModes puts the reasons of several ladders into one sentence.
func joinTraces(traces []*Trace) string {
	var parts []string
	for _, trace := range traces {
		parts = append(parts, trace.Mode+": "+trace.Why)
	}
	return strings.Join(parts, "; ")
}
