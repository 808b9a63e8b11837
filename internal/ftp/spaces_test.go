package ftp

import (
	"context"
	"strings"
	"sync/atomic"
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

// TestSpacesLearnedMeanwhile has another session learn that the server takes no whole paths
// with a space, between a command and its refusal.
func TestSpacesLearnedMeanwhile(t *testing.T) {
	f := newFake(t)
	var features atomic.Pointer[Features]
	for _, verb := range []string{"DELE", "STOR"} {
		f.on[verb] = func(p *peer, arg string) bool {
			if !strings.HasPrefix(arg, "/") {
				return verb == "DELE" && p.say("250 deleted")
			}
			features.Load().observeSpaceForm(bareNames)
			return p.say("553 Not allowed.")
		}
	}
	pool := f.pool(nil)
	err := pool.Once(t.Context(), func(ctx context.Context, s *Session) error {
		features.Store(s.features)
		replies, err := s.batch(ctx, []string{"DELE /one two"})
		if err == nil && !replies[0].OK() {
			t.Errorf("the server says %v", replies[0])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	features.Load().Observe(TakesSpaces, true)
	err = pool.Do(t.Context(), "storing", func(ctx context.Context, s *Session) error {
		_, _, err := s.Store(ctx, "/a b", 0, strings.NewReader("content"))
		return err
	})
	if data, there := f.file("a b"); err != nil || !there || string(data) != "content" {
		t.Errorf("%q is stored, %v", data, err)
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
