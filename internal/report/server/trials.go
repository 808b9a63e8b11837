package server

import (
	"fmt"
	"strings"

	"ferry/internal/ftp/check"
)

// Trials returns which operations work on a server, as a table in Markdown. Nothing in it
// tells who and where the server is. program names the build of ferry and its system.
func Trials(r *check.Report, program string) string {
	var b strings.Builder
	line := func(name, text string) {
		if text = r.Anonymous(text); text != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	fmt.Fprintf(&b, "ferry: %s\n", program)
	line("greeting", r.Greeting)
	line("system", r.System)
	line("features", strings.Join(r.Features, " "))
	protected := protections[r.Security]
	if r.TLS != nil {
		protected += ", " + r.TLS.Version
	}
	line("connection", protected+", "+r.Mode+", "+r.List)
	if len(r.Trials) == 0 {
		b.WriteString("\nNothing could be tried: no directory can be made.\n")
		return b.String()
	}
	b.WriteString("\n| operation | works | remarks |\n| --- | --- | --- |\n")
	for _, t := range r.Trials {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", t.Operation, t.Works, strings.ReplaceAll(t.Detail, "|", "\\|"))
	}
	return b.String()
}

// Lacking returns the operations that ferry needs and that do not work.
func Lacking(r *check.Report) (all []string) {
	for _, t := range r.Trials {
		if t.Needed && t.Works != "yes" {
			all = append(all, t.Operation)
		}
	}
	return all
}
