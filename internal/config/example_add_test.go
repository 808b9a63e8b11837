package config

import (
	"strings"
	"testing"

	"ferry/sync"
)

// TestAddTo: what was there stays to the byte, wherever the profiles end.
func TestAddTo(t *testing.T) {
	const added = "  new:\n    local: ./new\n    remote: ftp://h/new\n    direction: push\n    password: {keyring: \"u@h\"}\n    mode: \"passive\"\n"
	for _, c := range []struct{ name, before, after, added string }{
		{"the end of the file", "# top\nprofiles:\n  # of a\n  a: {local: a, remote: \"ftp://h/a\"} # behind\n", "", added},
		{"no line end", "profiles:\n  a: {local: a, remote: \"ftp://h/a\"}", "", "\n" + added},
		{"a key behind", "profiles:\n  a:\n    local: a\n    remote: ftp://h/a\n", "\n# of all\ndefaults:\n  connections: 2\n", added},
		{"a comment behind", "profiles:\n  a:\n    local: a\n    remote: ftp://h/a\n    # poll: 1m\n", "\n# the end\n", added},
		{"a block behind", "profiles:\n  a:\n    local: a\n    remote: ftp://h/a\n    ignore: |\n      # *.x\n\n      *.y\n", "\n\n", added},
		{"spaced", "profiles:\n  a:\n    local: a\n    remote: ftp://h/a\n\n  # of b\n  b:\n    local: b\n    remote: ftp://h/b\n", "defaults: {mode: auto}\n", "\n" + added},
		{"no spaces", "profiles:\n a:\n  local: a\n  remote: ftp://h/a\n", "", strings.ReplaceAll(strings.ReplaceAll(added, "    ", "~"), "  new", " new")},
		{"lines of Windows", "profiles:\r\n  a:\r\n    local: a\r\n    remote: ftp://h/a\r\n", "", strings.ReplaceAll(added, "\n", "\r\n")},
		{"a document that ends", "---\nprofiles:\n  a: {local: a, remote: \"ftp://h/a\"}\n", "...\n", added},
	} {
		r, err := ParseURL("ftp://h/new")
		if err != nil {
			t.Fatal(err)
		}
		e := Example{Name: "new", Local: "./new", Remote: r, Direction: sync.Push, Password: Place{"keyring", "u@h"}, More: []Setting{{"mode", "passive"}}}
		got, err := e.AddTo(abs("/etc/x/ferry.yaml"), []byte(c.before+c.after), abs("/home/u"))
		want := c.before + strings.ReplaceAll(c.added, "~", "  ") + c.after
		if err != nil || got != want {
			t.Errorf("%s: %v\n%q\nwant\n%q", c.name, err, got, want)
		}
	}
}

// TestAddToRefuses: what ferry cannot add to without touching the rest is left to a person.
func TestAddToRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want, hint string }{
		{"braces", "profiles: {a: {local: a, remote: \"ftp://h/a\"}}\n", "written in a way", "by hand:\n  new:\n    local: ./new\n"},
		{"braces over lines", "profiles:\n  a: {local: a,\nremote: \"ftp://h/a\"}\n", "written in a way", "by hand"},
		{"the name is taken", "profiles:\n  new: {local: a, remote: \"ftp://h/a\"}\n", "has a profile new already", ""},
		{"not a configuration", "x: 1\n", "unknown key", ""},
	} {
		got, err := Example{Name: "new", Local: "./new", Remote: Remote{Host: "h"}}.AddTo(abs("/etc/x/ferry.yaml"), []byte(c.text), abs("/home/u"))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(Hint(err), c.hint) {
			t.Errorf("%s: %v, hint %q\n%s", c.name, err, Hint(err), got)
		}
	}
}
