package ftp

import (
	"fmt"
	"net"
	"strings"
	"text/tabwriter"
	"time"
)

// A Report is what [Check] found out about a server. A field that is empty or
// nil could not be found out.
type Report struct {
	Address  string `json:"address"`  // host:port
	Security string `json:"security"` // ftp, ftpes or ftps
	User     string `json:"user"`
	Greeting string `json:"greeting"`
	System   string `json:"system,omitempty"`

	Root      string `json:"root"`       // absolute path
	RootThere bool   `json:"root_there"` // and a directory

	TLS      *TLSReport `json:"tls,omitempty"`
	Features []string   `json:"features"`

	Modes []*Trace `json:"modes"`          // EPSV, PASV, EPRT, PORT
	Mode  string   `json:"mode,omitempty"` // the one that ferry uses

	List     string `json:"list,omitempty"` // command to list with
	Dotfiles string `json:"dotfiles"`       // "shown", "hidden" or "unknown"
	SetTime  string `json:"set_time"`       // command that sets times, "none" or "unknown"

	Clock *ClockReport `json:"clock,omitempty"`

	RoundTrip time.Duration `json:"round_trip_ns"` // median
	// Connections is how many sessions the server gave at the same time, of those
	// that the options ask for.
	Connections      int `json:"connections"`
	ConnectionsAsked int `json:"connections_asked"`

	Notes []string `json:"notes,omitempty"`
}

// A TLSReport is what protects the connections.
type TLSReport struct {
	Version     string    `json:"version"`
	Cipher      string    `json:"cipher"`
	Fingerprint string    `json:"fingerprint"` // sha256: and hex digits
	Subject     string    `json:"subject"`
	Expires     time.Time `json:"expires"`
	Trust       string    `json:"trust"` // "chain", "fingerprint" or "anything (insecure)"
	// Resumed says that data connections continue the TLS session of the control
	// connection; nil where no data connection worked.
	Resumed *bool `json:"resumed,omitempty"`
}

// A ClockReport is what a file written a moment ago tells of the server's
// clock.
type ClockReport struct {
	// Ahead is how far the server's clock is ahead of ours, whole hours of its time
	// zone taken off.
	Ahead time.Duration `json:"ahead_ns"`
	// Zone is how far the times that MDTM or MLSD tell are ahead of UTC. RFC 3659
	// wants 0.
	Zone time.Duration `json:"zone_ns"`
	// ListZone is the same for LIST, nil where LIST is not used.
	ListZone *time.Duration `json:"list_zone_ns,omitempty"`
}

// Text returns the report for people; with verbose set, with the ladder of each
// data mode, step by step.
func (r *Report) Text(verbose bool) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range r.rows() {
		fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
	}
	w.Flush()
	for _, note := range r.Notes {
		b.WriteString("note: " + note + "\n")
	}
	if verbose {
		for _, l := range r.Modes {
			b.WriteString("\n" + l.Text())
		}
	}
	return b.String()
}

func (r *Report) rows() [][2]string {
	rows := [][2]string{
		{"server", r.Address + " (" + protections[r.Security] + "), user " + r.User},
		{"greeting", r.Greeting},
	}
	add := func(name, text string) {
		if text != "" {
			rows = append(rows, [2]string{name, text})
		}
	}
	add("system", r.System)
	add("directory", r.Root+map[bool]string{true: "", false: " (is not there)"}[r.RootThere])
	rows = append(rows, r.TLS.rows()...)
	name := "data modes"
	for _, l := range r.Modes {
		rows = append(rows, [2]string{name, l.verdict(l.Mode == r.Mode)})
		name = ""
		if !l.Works && l.Cause != "" {
			rows = append(rows, [2]string{"", "      usually " + l.Cause})
		}
	}
	if r.List != "" {
		add("listing", r.List+"; names with a leading dot: "+r.Dotfiles)
	}
	add("times", setTimeText(r.SetTime))
	add("clock", r.Clock.text())
	add("round trip", r.RoundTrip.Round(max(10*time.Microsecond, r.RoundTrip/100)).String())
	if r.ConnectionsAsked > 0 {
		add("connections", fmt.Sprintf("%d of %d asked for were given at the same time", r.Connections, r.ConnectionsAsked))
	}
	add("features", strings.Join(r.Features, " "))
	return rows
}

var protections = map[string]string{"ftp": "clear text", "ftpes": "TLS after AUTH TLS", "ftps": "TLS from the first byte"}

func (t *TLSReport) rows() [][2]string {
	if t == nil {
		return nil
	}
	reuse := "no data connection to tell by"
	if t.Resumed != nil {
		reuse = map[bool]string{true: "continued on data connections", false: "not continued on data connections"}[*t.Resumed]
	}
	return [][2]string{
		{"TLS", fmt.Sprintf("%s, %s; session %s", t.Version, t.Cipher, reuse)},
		{"certificate", fmt.Sprintf("%s, valid until %s, trusted by %s", t.Subject, t.Expires.Format("2006-01-02"), t.Trust)},
		{"", t.Fingerprint},
	}
}

func (l *Trace) verdict(used bool) string {
	switch {
	case l.Works && used:
		return l.Mode + "  works, used"
	case l.Works:
		return l.Mode + "  works"
	}
	return l.Mode + "  does not work: " + l.Why
}

func setTimeText(command string) string {
	switch command {
	case "none":
		return "cannot be set; ferry remembers what the server shows"
	case "unknown":
		return "unknown whether they can be set (nothing could be written to try)"
	}
	return "can be set, by " + command
}

func (c *ClockReport) text() string {
	if c == nil {
		return "unknown (nothing could be written to tell by)"
	}
	text := "agrees with ours"
	if c.Ahead.Abs() >= 2*time.Second {
		text = c.Ahead.Abs().Round(time.Second).String() + map[bool]string{true: " ahead of ours", false: " behind ours"}[c.Ahead > 0]
	}
	text += "; times are told in " + zoneText(c.Zone)
	if c.ListZone != nil {
		text += ", listed in " + zoneText(*c.ListZone)
	}
	return text
}

func zoneText(d time.Duration) string {
	if d == 0 {
		return "UTC"
	}
	m := int(d.Abs().Minutes())
	return fmt.Sprintf("UTC%s%d:%02d", map[bool]string{true: "+", false: "-"}[d > 0], m/60, m%60)
}

// Text draws the ladder: commands and replies on the control connection, and
// who opens the data connection to where.
func (l *Trace) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", l.Mode, l.story())
	left, right := l.places()
	wide, text := 0, 0
	for i, s := range l.Steps {
		wide = max(wide, len(left[i]))
		text = max(text, len(s.label()))
	}
	for i, s := range l.Steps {
		line := fmt.Sprintf("  %-*s %s %s", wide, left[i], s.arrow(text, l.outward(s)), right[i])
		if s.Failed {
			line += "   <- fails here"
		}
		b.WriteString(line + "\n")
	}
	if !l.Works {
		if len(l.Steps) == 0 {
			b.WriteString("  " + l.Why + "\n")
		}
		if l.Cause != "" {
			b.WriteString("  what usually stands there: " + l.Cause + "\n")
		}
	}
	return b.String()
}

func (l *Trace) story() string {
	who := "the server names a port, and we connect to it"
	if l.Mode == "EPRT" || l.Mode == "PORT" {
		who = "we name a port, and the server connects to us"
	}
	if l.Works {
		return who + "; works"
	}
	return who + "; does not work"
}

// outward reports whether a step goes from us to the server.
func (l *Trace) outward(s TraceStep) bool {
	if s.Data {
		return l.Mode == "EPSV" || l.Mode == "PASV"
	}
	return s.From == l.Client
}

// places returns what stands at the left (we) and the right (the server) of each
// step.
func (l *Trace) places() (left, right []string) {
	clientHost, _, _ := net.SplitHostPort(l.Client)
	serverHost, _, _ := net.SplitHostPort(l.Server)
	for _, s := range l.Steps {
		from, to := s.From, s.To
		if !l.outward(s) {
			from, to = to, from
		}
		left = append(left, role(from, clientHost, "client"))
		right = append(right, role(to, serverHost, "server"))
	}
	return left, right
}

// role replaces the host of an address by what it is known as.
func role(at, host, name string) string {
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

// arrow draws a step: thin for commands and replies, double for data
// connections.
func (s TraceStep) arrow(wide int, outward bool) string {
	line := "-"
	if s.Data {
		line = "="
	}
	label := s.label()
	tail := strings.Repeat(line, wide-len(label)+2)
	if outward {
		return strings.Repeat(line, 4) + " " + label + " " + tail + ">"
	}
	return "<" + strings.Repeat(line, 3) + " " + label + " " + tail + line
}
