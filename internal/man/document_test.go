package man

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocument holds what becomes of the parts of a file.
func TestDocument(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"paragraphs":     {"One\ntwo.\n\nThree.", "One two.\n.PP\nThree.\n"},
		"headings":       {"## A `b`\n\nc\n\n### D e\n\nf", ".SH \"A B\"\nc\n.SS \"D e\"\nf\n"},
		"a list":         {"So:\n\n- one\n  and more\n- two\n\nEnd.", "So:\n.IP \\(bu 4\none and more\n.IP \\(bu 4\ntwo\n.PP\nEnd.\n"},
		"numbers":        {"1. one\n   more\n2. two", ".IP 1. 4\none more\n.IP 2. 4\ntwo\n"},
		"contents":       {"- [A](#a)\n- [B c](#b-c)\n\n## A", ".SH A\n"},
		"set in":         {"So:\n\n    ferry sync\n\n      x\n\nEnd.", "So:\n.PP\n.EX\n    ferry sync\n\n      x\n.EE\n.PP\nEnd.\n"},
		"fonts":          {"a `--b`, **c `d` e**, *f*", "a \\fB\\-\\-b\\fR, \\fBc d e\\fR, \\fIf\\fR\n"},
		"over two lines": {"see `a\nb` **c\nd**", "see \\fBa b\\fR \\fBc d\\fR\n"},
		"links":          {"[below](#x) [y.md](y.md) [y](y.md#z) [z.md](z.md) [w](https://w/)", "below y(7) y, see y(7) z.md w <https://w/>\n"},
		"a table":        {"| a | |\n| --- | --- |\n| `x` | one |\n| y | |", ".TP\n\\fBx\\fR\none\n.TP\ny\n\\&\n"},
		"three columns":  {"| a | b | c |\n| --- | --- | --- |\n| x | | two |\n| `y|z` | 1 | 2 |", ".TP\nx\nc: two\n.TP\n\\fBy|z\\fR\nb: 1\n.br\nc: 2\n"},
	} {
		text, err := Document{Name: "x", Section: 7, Date: "2026-01-02", Summary: "do x", Markdown: "# X\n\n" + c.text, Pages: map[string]string{"y.md": "y(7)"}, SeeAlso: []string{"z(1)"}}.Text()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := ".TH \"X\" 7 2026-01-02\n.SH NAME\nx \\- do x\n.SH DESCRIPTION\n" + c.want + ".SH \"SEE ALSO\"\n.BR z (1)\n"
		if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestDocumentRefuses holds that nothing is left out in silence: an error names the line.
func TestDocumentRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"no title", "1: no title"},
		{"# X\n\n```\nx\n```", "3: a page cannot show"},
		{"# X\n\n#### Deep", "3: a page cannot show"},
		{"# X\n\n<b>", "3: a page cannot show"},
		{"# X\n\n![x](x.png)", "3: a page cannot show"},
		{"# X\n\na\n\n- b\n   - c `d", `5: "` + "`d"},
		{"# X\n\n| a | b |\n| x | y |", "3: a table needs"},
		{"# X\n\n| a | b |\n| --- | --- |\n| x |", "3: a row has 1 cells, the heading 2"},
		{"# X\n\na **b", `3: "**b" has no end`},
		{"# X\n\n[b) c", "no link"},
	} {
		if _, err := (Document{Name: "x", Section: 7, Markdown: c.text}).Text(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, not %q", c.text, err, c.want)
		}
	}
}
