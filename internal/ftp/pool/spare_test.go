package pool

import (
	"context"
	"testing"
	"testing/synctest"

	"ferry/internal/ftp"
)

// A spare session is one that nobody waits for, as far as the limit goes.
func TestSpare(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *ftp.Options) { o.Connections = 2 })
	if s := p.Spare(t.Context()); s != nil {
		t.Error("a session of a server that nobody has logged in to")
	}
	first, err := p.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := p.Spare(t.Context())
	if second == nil || f.opened() != 2 {
		t.Fatalf("no second session, %d logins", f.opened())
	}
	if s := p.Spare(t.Context()); s != nil {
		t.Error("a third session, and two are the most")
	}
	p.Return(second)
	if s := p.Spare(t.Context()); s != second {
		t.Error("the session that rests is not lent")
	}
	p.Return(second)
	p.Return(first)
}

// Who waits goes first.
func TestSpareIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{job: always(0)}
		p := l.pool(1)
		s, err := p.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		waited := make(chan error)
		go func() {
			_, err := p.borrow(ctx)
			waited <- err
		}()
		synctest.Wait()
		if !p.HasWaiters() || p.Spare(t.Context()) != nil {
			t.Error("a session is lent although somebody waits")
		}
		cancel()
		<-waited
		if p.HasWaiters() {
			t.Error("nobody waits any more")
		}
		p.giveBack(s)
		p.Close()
	})
}
