package ftp

import (
	"context"
	"strings"
	"testing"
)

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
