package remote

import (
	"net"
	"strings"
)

// A Step is one thing that happened between the two machines: a command or a
// reply on the control connection, or a connection being opened.
type Step struct {
	From   string `json:"from"` // host:port
	To     string `json:"to"`   // host:port, or host alone where no port was reached
	Text   string `json:"text"`
	Data   bool   `json:"data,omitempty"` // about a data connection
	Failed bool   `json:"failed,omitempty"`
}

// A Ladder is what one try to open a data connection in one mode went through,
// step by step.
type Ladder struct {
	Mode  string `json:"mode"` // EPSV, PASV, EPRT or PORT
	Works bool   `json:"works"`
	Steps []Step `json:"steps,omitempty"`
	// Why says why it does not work, and Usually what usually stands there.
	Why     string `json:"why,omitempty"`
	Usually string `json:"usually,omitempty"`

	// Client and Server are the ends of the control connection, host:port.
	Client string `json:"client"`
	Server string `json:"server"`

	mode      dataMode
	unreached bool // nobody came to our listener
}

func newLadder(m dataMode, local, remote net.Addr) *Ladder {
	return &Ladder{mode: m, Mode: m.String(), Client: local.String(), Server: remote.String()}
}

// asked adds a command of ours.
func (l *Ladder) asked(line string) {
	l.Steps = append(l.Steps, Step{From: l.Client, To: l.Server, Text: printable(line)})
}

// answered adds a reply of the server.
func (l *Ladder) answered(r reply) {
	l.Steps = append(l.Steps, Step{From: l.Server, To: l.Client, Text: r.String(), Failed: r.refused()})
}

// silent adds a reply that did not come.
func (l *Ladder) silent(text string) {
	l.Steps = append(l.Steps, Step{From: l.Server, To: l.Client, Text: text, Failed: true})
}

// connected adds a data connection that was opened, or was not.
func (l *Ladder) connected(from, to, text string, failed bool) {
	l.Steps = append(l.Steps, Step{From: from, To: to, Text: text, Data: true, Failed: failed})
}

// fails notes why the mode does not work.
func (l *Ladder) fails(why, usually string) *modeError {
	l.Why, l.Usually = why, usually
	return &modeError{l}
}

// A modeError says that data connections cannot be opened in one mode.
type modeError struct{ ladder *Ladder }

func (e *modeError) Error() string { return e.ladder.Mode + ": " + e.ladder.Why }

// tellModes puts the reasons of several ladders into one sentence.
func tellModes(ladders []*Ladder) string {
	var parts []string
	for _, l := range ladders {
		parts = append(parts, l.Mode+": "+l.Why)
	}
	return strings.Join(parts, "; ")
}
