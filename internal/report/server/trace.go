package server

import (
	"fmt"
	"net"
	"strings"

	"ferry/internal/ftp"
)

// traceText draws a trace: the commands and replies on the control connection, and who
// connects to where for the data.
func traceText(t *ftp.Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", t.Mode, outcome(t))
	left, right := traceEnds(t)
	width, labelWidth := 0, 0
	for i, s := range t.Steps {
		width = max(width, len(left[i]))
		labelWidth = max(labelWidth, len(stepLabel(s)))
	}
	for i, s := range t.Steps {
		line := fmt.Sprintf("  %-*s %s %s", width, left[i], stepArrow(s, labelWidth, isOutgoing(t, s)), right[i])
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
			b.WriteString("  likely cause: " + t.Cause + "\n")
		}
	}
	return b.String()
}

func outcome(t *ftp.Trace) string {
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
func isOutgoing(t *ftp.Trace, s ftp.TraceStep) bool {
	if s.Data {
		return t.Mode == "EPSV" || t.Mode == "PASV"
	}
	return s.From == t.Client
}

// traceEnds returns the addresses of each step, the client's at the left and the server's
// at the right.
func traceEnds(t *ftp.Trace) (left, right []string) {
	clientHost, _, _ := net.SplitHostPort(t.Client)
	serverHost, _, _ := net.SplitHostPort(t.Server)
	for _, s := range t.Steps {
		from, to := s.From, s.To
		if !isOutgoing(t, s) {
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

func stepLabel(s ftp.TraceStep) string {
	if s.Data {
		return s.Text
	}
	return `"` + s.Text + `"`
}

// stepArrow draws a step with a label of that width: a single line for commands and
// replies, a double one for data connections.
func stepArrow(s ftp.TraceStep, width int, outward bool) string {
	line := "-"
	if s.Data {
		line = "="
	}
	label := stepLabel(s)
	tail := strings.Repeat(line, width-len(label)+2)
	if outward {
		return strings.Repeat(line, 4) + " " + label + " " + tail + ">"
	}
	return "<" + strings.Repeat(line, 3) + " " + label + " " + tail + line
}
