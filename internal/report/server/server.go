// Package server shows what a check of a server has found, for people to read.
package server

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/check"
)

// Text returns what a check found, for people to read. With verbose set
// it includes the trace of each data mode, step by step.
func Text(r *check.Report, verbose bool) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range Rows(r) {
		fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
	}
	w.Flush()
	for _, note := range r.Notes {
		b.WriteString("note: " + note + "\n")
	}
	if verbose {
		for _, trace := range r.Modes {
			b.WriteString("\n" + traceText(trace))
		}
		if r.Between != nil {
			b.WriteString("\nBetween two sessions, as a copy has servers do it: " + wayText(r.Between, "session"))
		}
	}
	return b.String()
}

// Rows returns the report as pairs of a name and a text.
func Rows(r *check.Report) [][2]string {
	all := [][2]string{
		{"server", r.Address + " (" + protections[r.Security] + "), user " + r.User},
		{"greeting", r.Greeting},
	}
	add := func(name, text string) {
		if text != "" {
			all = append(all, [2]string{name, text})
		}
	}
	add("system", r.System)
	add("directory", r.Root+map[bool]string{true: "", false: " (does not exist)"}[r.RootThere])
	all = append(all, tlsRows(r.TLS)...)
	name := "data modes"
	for _, trace := range r.Modes {
		all = append(all, [2]string{name, traceVerdict(trace, trace.Mode == r.Mode)})
		name = ""
		if !trace.Works && trace.Cause != "" {
			all = append(all, [2]string{"", "      likely cause: " + trace.Cause})
		}
	}
	if r.List != "" {
		add("listing", r.List+"; names with a leading dot: "+r.Dotfiles)
	}
	add("times", setTimeText(r.SetTime))
	if r.ModeZ != "not offered" {
		add("compression", r.ModeZ)
	}
	add("clock", clockText(r.Clock))
	add("round trip", roundTrip(r.RoundTrip).String())
	if r.ConnectionsAsked > 0 {
		add("connections", fmt.Sprintf("the server allowed %d of %d at the same time", r.Connections, r.ConnectionsAsked))
	}
	switch r.ToServers {
	case "allowed":
		add("to servers", "it may connect to another server, as a copy asks it to")
	case "refused":
		add("to servers", "it connects to no other server: "+r.ToServersReply)
	}
	switch r.FromServers {
	case "allowed":
		add("from servers", "another server may connect to it")
	case "refused":
		add("from servers", "no other server may connect to it: "+r.FromServersReply)
	}
	add("features", strings.Join(r.Features, " "))
	return all
}

// roundTrip rounds to two digits or three.
func roundTrip(d time.Duration) time.Duration {
	unit := 10 * time.Microsecond
	for unit*100 <= d {
		unit *= 10
	}
	return d.Round(unit)
}

var protections = map[string]string{"ftp": "clear text", "ftpes": "TLS after AUTH TLS", "ftps": "TLS from the first byte"}

func tlsRows(t *check.TLSReport) [][2]string {
	if t == nil {
		return nil
	}
	reuse := "unknown, since no data connection worked"
	if t.Resumed != nil {
		reuse = map[bool]string{true: "resumed on data connections", false: "not resumed on data connections"}[*t.Resumed]
	}
	return [][2]string{
		{"TLS", fmt.Sprintf("%s, %s; session %s", t.Version, t.Cipher, reuse)},
		{"certificate", fmt.Sprintf("%s, valid until %s, trusted by %s", t.Subject, t.Expires.Format("2006-01-02"), t.Trust)},
		{"", t.Fingerprint},
	}
}

func traceVerdict(t *ftp.Trace, used bool) string {
	switch {
	case t.Works && used:
		return t.Mode + "  works, used"
	case t.Works:
		return t.Mode + "  works"
	}
	return t.Mode + "  does not work: " + t.Why
}

func setTimeText(command string) string {
	switch command {
	case "none":
		return "cannot be set; ferry remembers what the server shows"
	case "unknown":
		return "unknown whether they can be set (no file could be written to try it)"
	}
	return "can be set, by " + command
}

func clockText(c *check.ClockReport) string {
	if c == nil {
		return "unknown (no file could be written to compare)"
	}
	text := "agrees with ours"
	if c.Ahead.Abs() >= 2*time.Second {
		text = c.Ahead.Abs().Round(time.Second).String() + map[bool]string{true: " ahead of ours", false: " behind ours"}[c.Ahead > 0]
	}
	text += "; times are given in " + zoneText(c.Zone)
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
