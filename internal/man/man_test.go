package man

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestText holds how the parts of a help become those of a page.
func TestText(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"paragraphs":        {"One\ntwo.\n\nThree.", "One\ntwo.\n.PP\nThree.\n"},
		"a list":            {"Keeps:\n\n  a, b  the first\n        and more\n  c     the second", "Keeps:\n.TP\n\\fBa\\fR, \\fBb\\fR\nthe first and more\n.TP\n\\fBc\\fR\nthe second\n"},
		"output":            {"  1  a  b\n  2  c  d", ".EX\n  1  a  b\n  2  c  d\n.EE\n"},
		"set in":            {"So:\n\n  ferry sync", "So:\n.PP\n.EX\n  ferry sync\n.EE\n"},
		"a heading":         {"One.\n\nENVIRONMENT\n  HOME  the home\n\nTwo.", "One.\n.PP\nTwo.\n.SH ENVIRONMENT\n.TP\n\\fIHOME\\fR\nthe home\n"},
		"a dot at the left": {".ferryignore\n'x' and \\", "\\&.ferryignore\n\\(aqx\\(aq and \\e\n"},
		"options":           {"--no-x ~ `a` ^", "\\-\\-no\\-x \\(ti \\(gaa\\(ga \\(ha\n"},
		"other letters":     {"ü → x", "\\[u00FC] \\[u2192] x\n"},
		"a long line":       {strings.Repeat("word ", 15) + "wor .x", strings.Repeat("word ", 15) + "wor\n\\&.x\n"},
		"blanks":            {"one.  Two ", "one. Two\n"},
		"nothing":           {"", ""},
	} {
		var w writer
		w.text(c.text)
		if diff := cmp.Diff(c.want, w.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestPage holds the order of the parts.
func TestPage(t *testing.T) {
	page := Page{
		Name: "ferry-x", Summary: "do x", Date: "2026-01-02", Synopsis: []string{"ferry x [PATH] [--keep N]", "ferry x y"},
		About: "It does x.", Options: []Group{{"OPTIONS", []Item{{"-n, --dry-run", "do nothing"}}}, {"SAFETY", []Item{{"--keep N", "keep N"}}}},
		Commands: []Item{{"y", "why"}}, Examples: "  ferry x", Exits: "  0 done\n 130 interrupted,\n     or so", SeeAlso: []string{"ferry(1)", "ferry-y(1)", "ferry.yaml(5)"},
	}
	want := `.TH "FERRY\-X" 1 2026-01-02
.SH NAME
ferry\-x \- do x
.SH SYNOPSIS
\fBferry\fR \fBx\fR [\fIPATH\fR] [\fB\-\-keep\fR \fIN\fR]
.br
\fBferry\fR \fBx\fR \fBy\fR
.SH DESCRIPTION
It does x.
.SH COMMANDS
.TP
\fBy\fR
why
.SH OPTIONS
.TP
\fB\-n\fR, \fB\-\-dry\-run\fR
do nothing
.SS Safety
.TP
\fB\-\-keep\fR \fIN\fR
keep N
.SH "EXIT STATUS"
.TP
\fB0\fR
done
.TP
\fB130\fR
interrupted, or so
.SH EXAMPLES
.EX
  ferry x
.EE
.SH "SEE ALSO"
.BR ferry (1),
.BR ferry\-y (1),
.BR ferry.yaml (5)
`
	if diff := cmp.Diff(want, page.Text()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(page.Text(), "\n\n") {
		t.Error("there is an empty line")
	}
}
