package shared

import (
	"context"
	"math/rand/v2"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// Ten accounts on a server that allows an address three connections share those: each gets its turn, whatever it
// has to do, nobody insists, and the user is told once.
func TestAccountsOfOneAddressTakeTurns(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 3, TooMany: "421 There are too many connections from your internet address."})
	servers := New(false)
	var mu stdsync.Mutex
	var told []string
	var all stdsync.WaitGroup
	for i := range 10 {
		o := options(server.Port())
		o.Connections = 2
		o.Timeout += time.Duration(i) // another account, as far as sharing goes
		o.Notice = func(text string) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, text)
		}
		l := open(t, servers, o)
		for range 3 {
			all.Go(func() {
				for range 10 {
					err := l.Do(t.Context(), "asking", func(ctx context.Context, s *ftp.Session) error {
						time.Sleep(rand.N(20 * time.Millisecond))
						return ping(ctx, s)
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	all.Wait()
	greeted, refused := 0, 0
	for _, line := range server.Transcript() {
		if reply := line; len(reply) > 0 {
			if strings.Contains(reply, "too many connections") {
				refused++
			}
			if strings.Contains(reply, "USER") {
				greeted++
			}
		}
	}
	t.Logf("%d logins, %d refusals, told %q", greeted, refused, told)
	if refused > 15 {
		t.Errorf("the server refused %d times", refused)
	}
	if len(told) > 2 {
		t.Errorf("told %q", told)
	}
}

// A server that refused everybody for a while, as one that is restarted does, has no limit when it is back.
func TestServerThatWasAwayHasNoLimit(t *testing.T) {
	h := &host{}
	a, b := newAccount(h).gate, newAccount(h).gate
	enter := func(g *gate) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := g.Enter(ctx); err != nil {
			t.Fatal(err)
		}
	}
	away := &ftp.Error{Op: "login", Class: ftp.Busy, Code: 421}
	enter(a)
	enter(b)
	if !a.Failed(t.Context(), away) || b.Failed(t.Context(), away) || h.limit != 1 {
		t.Fatalf("the limit is %d", h.limit)
	}
	enter(a)
	a.Opened()
	enter(b) // beside a
}

// An account that the server refuses whoever else is in does not take turns for ever: its error is told.
func TestRefusedForItself(t *testing.T) {
	h := &host{}
	a, b := newAccount(h).gate, newAccount(h).gate
	if err := b.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Opened()
	for range 100 {
		h.limit = 0 // somebody has made room
		if err := a.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !a.Failed(t.Context(), &ftp.Error{Op: "login", Class: ftp.Busy, Code: 530}) {
			return
		}
	}
	t.Error("it asks for ever")
}

// An account that rests gives its place to one that has something to do.
func TestIdleSessionMakesRoom(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 1, TooMany: "421 Too many connections (1) from this IP"})
	servers := New(false)
	var leases []*Lease
	for i := range 3 {
		o := options(server.Port())
		o.Timeout += time.Duration(i)
		o.Retries = -1
		leases = append(leases, open(t, servers, o))
	}
	for range 3 {
		for i, l := range leases {
			if err := l.Once(t.Context(), ping); err != nil {
				t.Fatalf("account %d: %v", i, err)
			}
		}
	}
	// One that waits for its turn can be told to stop.
	err := leases[0].Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
		brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if _, err := leases[1].Borrow(brief); err == nil {
			t.Error("there are two sessions")
		}
		return ping(ctx, s)
	})
	if err != nil {
		t.Error(err)
	}
	if err := leases[1].Once(t.Context(), ping); err != nil {
		t.Error(err)
	}
}
