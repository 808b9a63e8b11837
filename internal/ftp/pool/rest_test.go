package pool

import (
	"context"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/ftp"
)

// rested makes a pool whose n sessions are idle for as long as it takes to ask
// them whether they live.
func rested(t *testing.T, f *fake, n int) *Pool {
	t.Helper()
	p := f.pool(func(o *ftp.Options) { o.Connections = n })
	var all, lent stdsync.WaitGroup
	lent.Add(n)
	for range n {
		all.Go(func() {
			s, err := p.Borrow(t.Context())
			lent.Done()
			if err != nil {
				t.Errorf("lending: %v", err)
				return
			}
			lent.Wait()
			p.Return(s)
		})
	}
	all.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.idle {
		p.idle[i].since = p.idle[i].since.Add(-time.Minute)
	}
	return p
}

func (p *Pool) counts() (idle, open int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle), p.open
}

// Sessions that nobody needs say goodbye, and one is kept awake.
func TestRest(t *testing.T) {
	f := newFake(t)
	p := rested(t, f, 3)
	p.Rest(t.Context())
	if idle, open := p.counts(); idle != 1 || open != 1 {
		t.Errorf("%d idle of %d open, want one", idle, open)
	}
	if f.saw("QUIT") != 2 || f.saw("NOOP") != 1 {
		t.Errorf("QUIT %d times and NOOP %d times, want 2 and 1", f.saw("QUIT"), f.saw("NOOP"))
	}
	logins := f.opened()
	if err := p.Once(t.Context(), ping); err != nil || f.opened() != logins {
		t.Errorf("after the rest: %v, %d more logins", err, f.opened()-logins)
	}
}

// What the server does not want to keep is let go of, and not opened again.
func TestRestWithoutWelcome(t *testing.T) {
	for name, answer := range map[string]string{
		"421": "421 Timeout (no new data for 300 seconds)",
		"500": "500 what?",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			p := rested(t, f, 1)
			f.mu.Lock()
			logins := f.count
			f.on["NOOP"] = refuse(answer)
			f.mu.Unlock()
			p.Rest(t.Context())
			if idle, open := p.counts(); idle != 0 || open != 0 {
				t.Errorf("%d idle of %d open, want none", idle, open)
			}
			p.Rest(t.Context())
			if f.opened() != logins {
				t.Errorf("logged in to rest: %v", f.said)
			}
		})
	}
}

// Who has something to do does not wait for a rest to begin.
func TestRestThatIsOver(t *testing.T) {
	f := newFake(t)
	p := rested(t, f, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Rest(ctx)
	if idle, _ := p.counts(); idle != 2 || f.saw("NOOP") > 0 {
		t.Errorf("%d idle, commands %v", idle, f.said)
	}
}

// Sessions that are left out when others are told something rest on: they are still asked whether they live.
func TestEachIdleLeavesOthersAlone(t *testing.T) {
	f := newFake(t)
	p := rested(t, f, 3)
	mine := p.idle[0].session.(*ftp.Session)
	told := 0
	p.EachIdleOf(func(s *ftp.Session) bool { return s == mine }, func(*ftp.Session) { told++ })
	old := 0
	for _, one := range p.idle {
		if time.Since(one.since) >= time.Minute {
			old++
		}
	}
	if told != 1 || old != 2 || len(p.idle) != 3 {
		t.Errorf("%d told, %d of %d rest as before", told, old, len(p.idle))
	}
}
