package ftp

import (
	"net"
	"strings"
)

// A TraceStep is one event between client and server: a command or a reply on the
// control connection, or the opening of a data connection.
type TraceStep struct {
	From   string `json:"from"` // host:port
	To     string `json:"to"`   // host:port, or host alone where no port was reached
	Text   string `json:"text"`
	Data   bool   `json:"data,omitempty"` // it is the opening of a data connection
	Failed bool   `json:"failed,omitempty"`
}

// A Trace records one attempt to open a data connection in one mode, step by step.
type Trace struct {
	Mode  string      `json:"mode"` // EPSV, PASV, EPRT or PORT
	Works bool        `json:"works"`
	Steps []TraceStep `json:"steps,omitempty"`
	// Why says why the mode does not work, and Cause what the likely cause is; both
	// are empty where it works.
	Why   string `json:"why,omitempty"`
	Cause string `json:"usually,omitempty"`

	// Client and Server are the ends of the control connection, host:port.
	Client string `json:"client"`
	Server string `json:"server"`

	mode      DataMode
	unreached bool // the server did not connect to our listener
}

// likelyCause begins a hint that gives the likely cause of a failure.
const likelyCause = "likely cause: "

// newTrace begins the trace of an attempt in mode m over the control connection with
// these ends.
func newTrace(m DataMode, local, remote net.Addr) *Trace {
	return &Trace{mode: m, Mode: m.String(), Client: local.String(), Server: remote.String()}
}

// asked adds a command.
func (t *Trace) asked(line string) {
	t.Steps = append(t.Steps, TraceStep{From: t.Client, To: t.Server, Text: Printable(line)})
}

// answered adds a reply.
func (t *Trace) answered(r Reply) {
	t.Steps = append(t.Steps, TraceStep{From: t.Server, To: t.Client, Text: r.String(), Failed: r.Refused()})
}

// silent adds a reply that never came.
func (t *Trace) silent(text string) {
	t.Steps = append(t.Steps, TraceStep{From: t.Server, To: t.Client, Text: text, Failed: true})
}

// connected adds the opening of a data connection, or the failure of it.
func (t *Trace) connected(from, to, text string, failed bool) {
	t.Steps = append(t.Steps, TraceStep{From: from, To: to, Text: text, Data: true, Failed: failed})
}

// hint returns the likely cause as a hint, "" where none is known.
func (t *Trace) hint() string {
	if t.Cause == "" {
		return ""
	}
	return likelyCause + t.Cause
}

// fails notes why the mode does not work, and returns that as an error.
func (t *Trace) fails(why, cause string) *modeError {
	t.Why, t.Cause = why, cause
	return &modeError{t}
}

// A modeError says that data connections cannot be opened in one mode.
type modeError struct{ trace *Trace }

func (e *modeError) Error() string { return e.trace.Mode + ": " + e.trace.Why }

// joinTraces joins the reasons of several traces into one line.
func joinTraces(traces []*Trace) string {
	var parts []string
	for _, trace := range traces {
		parts = append(parts, trace.Mode+": "+trace.Why)
	}
	return strings.Join(parts, "; ")
}
