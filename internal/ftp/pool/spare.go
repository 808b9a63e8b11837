package pool

import (
	"context"
	"time"

	"ferry/internal/ftp"
)

// HasWaiters reports whether anybody waits for a session.
func (p *Pool) HasWaiters() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting) > 0
}

// Spare lends a session that nobody else wants, nil where there is none. It may open one, which
// goes to whoever waits by then. It returns nil when ctx ends.
func (p *Pool) Spare(ctx context.Context) *ftp.Session {
	idle, dial, wait := p.spare(time.Now())
	if dial {
		opened := make(chan struct{})
		p.running.Go(func() {
			defer close(opened)
			_ = ftp.Sleep(p.ctx, wait)
			p.openOne()
		})
		select {
		case <-opened:
			idle, _, _ = p.spare(time.Time{})
		case <-ctx.Done():
		}
	}
	switch {
	case idle.session == nil:
		return nil
	case !idle.isAlive(ctx):
		p.drop(idle.session)
		return nil
	}
	return idle.session.(*ftp.Session)
}

// spare returns an idle session, or whether one may be opened after a wait; at the zero time none
// may be opened.
func (p *Pool) spare(now time.Time) (idle resting, dial bool, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.waiting) > 0 {
		return resting{}, false, 0
	}
	if n := len(p.idle); n > 0 {
		idle = p.idle[n-1]
		p.idle = p.idle[:n-1]
		return idle, false, 0
	}
	if now.IsZero() || p.from.isNew() || p.open >= p.most(now) || !p.mayDial() {
		return resting{}, false, 0
	}
	wait = max(0, p.nextDial.Sub(now))
	p.beginDial(now.Add(wait))
	return resting{}, true, wait
}
