package ftp

import (
	"context"
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
	if got := quoted("MFMT 20261129000000 /a b")[0]; got != `MFMT 20261129000000 "/a b"` {
		t.Error(got)
	}
	if got := quoted(`DELE /a "b" c`)[0]; got != `DELE /a "b" c` {
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

// TestBareNamesInTheRightDirectory has a server that takes bare names only, and a directory
// that cannot be entered. No command for a name in it may go out: it would mean another file.
func TestBareNamesInTheRightDirectory(t *testing.T) {
	f := newFake(t)
	var deleted []string
	f.on["CWD"] = func(p *peer, arg string) bool {
		return strings.HasPrefix(arg, "gone ") && p.say("550 no such directory")
	}
	f.on["RNFR"] = func(p *peer, arg string) bool { return p.say("550 no such file") }
	f.on["DELE"] = func(p *peer, arg string) bool { deleted = append(deleted, arg); return p.say("250 deleted") }
	f.on["RNTO"] = f.on["DELE"]
	err := f.pool(nil).Once(t.Context(), func(ctx context.Context, s *Session) error {
		s.features.observeSpaceForm(bareNames)
		replies, err := s.batch(ctx, []string{"DELE /gone away/x", "RNFR /a b", "RNTO /c d", "DELE /one two"})
		for i, want := range []int{550, 550, 550, 250} {
			if err == nil && replies[i].Code != want {
				t.Errorf("reply %d is %v, want %d", i, replies[i], want)
			}
		}
		return err
	})
	if got := strings.Join(deleted, ","); err != nil || got != "one two" {
		t.Errorf("deleted %s, %v", got, err)
	}
}

func TestBareRenaming(t *testing.T) {
	for _, tt := range [][3]string{
		{"/d/a b", "/d/c d", "CWD /d,RNFR a b,RNTO c d"},
		{"/d/a b", "/e/c", "CWD /d,RNFR a b,RNTO /e/c"},
		{"/d/a", "/e f/c", "CWD /,CWD e f,RNFR /d/a,RNTO c"},
		{"/d/a", "/d/c d", "CWD /d,RNFR /d/a,RNTO c d"},
		{"/d/a b", "/e/c d", "CWD /d,RNFR a b,CWD /e,RNTO c d"},
		{"/d/a", "/e/c", "RNFR /d/a,RNTO /e/c"},
	} {
		if got := strings.Join(bareRenaming("RNFR "+tt[0], "RNTO "+tt[1]), ","); got != tt[2] {
			t.Errorf("%s to %s: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}
