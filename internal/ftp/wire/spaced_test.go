package wire

import (
	"strings"
	"testing"
)

func TestCutPath(t *testing.T) {
	for _, tt := range []struct {
		line, head, path string
		spaced           bool
	}{
		{"MLST /a b/c", "MLST ", "/a b/c", true},
		{"MLST /a/c", "MLST ", "/a/c", false},
		{"MFMT 20261129000000 /a b", "MFMT 20261129000000 ", "/a b", true},
		{"MFMT 20261129000000 /a", "MFMT 20261129000000 ", "/a", false},
		{"SITE CHMOD 644 /a b", "SITE CHMOD 644 /a b", "", false},
		{"LIST -a", "LIST -a", "", false},
		{"PWD", "PWD", "", false},
	} {
		if head, path, spaced := cutPath(tt.line); head != tt.head || path != tt.path || spaced != tt.spaced {
			t.Errorf("%s: %q, %q, %v", tt.line, head, path, spaced)
		}
	}
	if got := Quoted("MFMT 20261129000000 /a b")[0]; got != `MFMT 20261129000000 "/a b"` {
		t.Error(got)
	}
	if got := Quoted(`DELE /a "b" c`)[0]; got != `DELE /a "b" c` {
		t.Error(got)
	}
}

func TestComponents(t *testing.T) {
	for dir, want := range map[string]string{
		"/":            "CWD /",
		"/a/b":         "CWD /a/b",
		"/a b":         "CWD /,CWD a b",
		"/x/y/a b/c":   "CWD /x/y,CWD a b,CWD c",
		"/x/a b/c/d e": "CWD /x,CWD a b,CWD c,CWD d e",
	} {
		if got := strings.Join(components(dir), ","); got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
}
