package ftp

import (
	"fmt"
	"net"
	"strings"
)

// text draws the trace: the commands and replies on the control connection, and who
// connects to where for the data.
func (t *Trace) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", t.Mode, t.outcome())
	left, right := t.ends()
	width, labelWidth := 0, 0
	for i, s := range t.Steps {
		width = max(width, len(left[i]))
		labelWidth = max(labelWidth, len(s.label()))
	}
	for i, s := range t.Steps {
		line := fmt.Sprintf("  %-*s %s %s", width, left[i], s.arrow(labelWidth, t.isOutgoing(s)), right[i])
		if s.Failed {
			line += "   <- fails here"
		}
		b.WriteString(line + "\n")
	}
	if !t.Works {
		if len(t.Steps) == 0 {
			b.WriteString("  " + t.Why + "\n")
		}
		if t.Cause != "" {
			b.WriteString("  " + likelyCause + t.Cause + "\n")
		}
	}
	return b.String()
}

func (t *Trace) outcome() string {
	who := "the server names a port, and we connect to it"
	if t.Mode == "EPRT" || t.Mode == "PORT" {
		who = "we name a port, and the server connects to us"
	}
	if t.Works {
		return who + "; works"
	}
	return who + "; does not work"
}

// isOutgoing reports whether a step goes from the client to the server.
func (t *Trace) isOutgoing(s TraceStep) bool {
	if s.Data {
		return t.Mode == "EPSV" || t.Mode == "PASV"
	}
	return s.From == t.Client
}

// ends returns the addresses of each step, the client's at the left and the server's
// at the right.
func (t *Trace) ends() (left, right []string) {
	clientHost, _, _ := net.SplitHostPort(t.Client)
	serverHost, _, _ := net.SplitHostPort(t.Server)
	for _, s := range t.Steps {
		from, to := s.From, s.To
		if !t.isOutgoing(s) {
			from, to = to, from
		}
		left = append(left, replaceHost(from, clientHost, "client"))
		right = append(right, replaceHost(to, serverHost, "server"))
	}
	return left, right
}

// replaceHost returns the address at with name in place of host.
func replaceHost(at, host, name string) string {
	h, port, err := net.SplitHostPort(at)
	switch {
	case err != nil && at == host:
		return name
	case err != nil || h != host:
		return at
	}
	return name + ":" + port
}

func (s TraceStep) label() string {
	if s.Data {
		return s.Text
	}
	return `"` + s.Text + `"`
}

// arrow draws a step with a label of that width: a single line for commands and
// replies, a double one for data connections.
func (s TraceStep) arrow(width int, outward bool) string {
	line := "-"
	if s.Data {
		line = "="
	}
	label := s.label()
	tail := strings.Repeat(line, width-len(label)+2)
	if outward {
		return strings.Repeat(line, 4) + " " + label + " " + tail + ">"
	}
	return "<" + strings.Repeat(line, 3) + " " + label + " " + tail + line
}
