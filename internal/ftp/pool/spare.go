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
	idle, opened := p.spare(time.Now())
	if opened != nil {
		select {
		case <-opened:
			idle, _ = p.spare(time.Time{})
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

// spare returns an idle session, or begins to open one where that is allowed, which closes opened when it
// is over. At the zero time none is opened.
func (p *Pool) spare(now time.Time) (idle resting, opened chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.waiting) > 0 {
		return resting{}, nil
	}
	if n := len(p.idle); n > 0 {
		idle = p.idle[n-1]
		p.idle = p.idle[:n-1]
		return idle, nil
	}
	if now.IsZero() || p.from.isNew() || p.open >= p.most(now) || !p.mayDial() {
		return resting{}, nil
	}
	wait := max(0, p.nextDial.Sub(now))
	p.beginDial(now.Add(wait))
	opened = make(chan struct{})
	p.running.Go(func() { // while p.mu is held, so that Close waits for it
		defer close(opened)
		_ = ftp.Sleep(p.ctx, wait)
		p.openOne()
	})
	return resting{}, opened
}
