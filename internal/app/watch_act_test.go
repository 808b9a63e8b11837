package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/shared"
	"ferry/internal/ftpserver"
	"ferry/sync/watch"
)

// TestActsAreTriedNow holds that what somebody asks for does not fail because of a wait that the
// pairs keep to after a login was refused.
func TestActsAreTriedNow(t *testing.T) {
	server, err := ftpserver.Start(ftpserver.Options{Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	o := NewOpener(Options{})
	lease, err := o.servers.Open(ftp.Options{Host: "127.0.0.1", Port: server.Port(), User: "ferry", Password: func() (string, error) { return "wrong", nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lease.Close() })
	a := &Acting{Opener: o, wp: &watchedPair{opener: o, watch: watch.New(watch.Options{})}}
	tries := func() int { return strings.Count(strings.Join(server.Transcript(), "\n"), "PASS") }
	login := func() {
		var wait *shared.WaitError
		if _, err := lease.Borrow(t.Context()); !errors.As(err, &wait) {
			t.Fatalf("got %v", err)
		}
	}
	login()
	before := tries()
	for end := time.Now().Add(5 * time.Second); tries() == before; { // what is a moment old is not tried again
		if time.Now().After(end) {
			t.Fatal("the login is not tried again")
		}
		takeBack, err := a.HandOver(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		login()
		takeBack()
		time.Sleep(50 * time.Millisecond)
	}
}
