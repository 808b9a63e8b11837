package pool

import (
	"context"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

// Close waits for the login of a spare session, also where it comes at the same moment: no login begins
// after it.
func TestCloseWaitsForSpare(t *testing.T) {
	for range 3000 {
		l := &line{job: always(0)}
		p := l.pool(2)
		spare, isNew := make(chan struct{}), p.from.isNew
		var armed atomic.Bool
		p.from.isNew = func() bool {
			if armed.Swap(false) {
				close(spare) // it holds the mutex that Close is about to ask for
			}
			return isNew()
		}
		s, err := p.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.mu.Lock()
		l.login = time.Hour
		l.mu.Unlock()
		armed.Store(true)
		logins := func() int { l.mu.Lock(); defer l.mu.Unlock(); return l.logins }
		var all stdsync.WaitGroup
		all.Go(func() { p.Spare(t.Context()) })
		<-spare
		p.Close()
		before := logins()
		all.Wait()
		if n := logins(); n != before {
			t.Fatalf("%d logins began after the pool was closed", n-before)
		}
		p.giveBack(s)
	}
}
