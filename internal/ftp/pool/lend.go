package pool

import (
	"context"
	"slices"
	"time"
)

// A resting session is one that nobody uses.
type resting struct {
	session session
	since   time.Time
}

// isAlive looks whether the session still lives.
func (r resting) isAlive(ctx context.Context) bool {
	return r.session.IsAlive(ctx, time.Since(r.since))
}

// A waiter is somebody who has asked for a session.
type waiter struct{ got chan grant } // with room for one

// A grant is a session, or why there is none.
type grant struct {
	session session
	err     error
}

func (p *Pool) borrow(ctx context.Context) (session, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		idle, w, err := p.ask()
		switch {
		case err != nil:
			return nil, err
		case w != nil:
			return p.await(ctx, w)
		case idle.isAlive(ctx):
			return idle.session, nil
		}
		p.drop(idle.session)
	}
}

// ask returns an idle session, or the place in the queue of those who wait.
func (p *Pool) ask() (idle resting, w *waiter, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return resting{}, nil, errClosed
	}
	p.closeSurplus()
	if n := len(p.idle); n > 0 {
		idle = p.idle[n-1]
		p.idle = p.idle[:n-1]
		return idle, nil, nil
	}
	w = &waiter{make(chan grant, 1)}
	p.waiting = append(p.waiting, w)
	p.startGrowing()
	return resting{}, w, nil
}

// closeSurplus closes idle sessions where fewer are allowed by now. p.mu is held.
func (p *Pool) closeSurplus() {
	for most := p.most(time.Now()); p.open > most && len(p.idle) > 0; p.open-- {
		p.running.Go(p.idle[0].session.Close)
		p.idle = p.idle[1:]
	}
}

// await waits for what w gets.
func (p *Pool) await(ctx context.Context, w *waiter) (session, error) {
	select {
	case got := <-w.got:
		return got.session, got.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	p.waiting = slices.DeleteFunc(p.waiting, func(one *waiter) bool { return one == w })
	p.mu.Unlock()
	select {
	case got := <-w.got:
		if got.session != nil {
			p.giveBack(got.session)
		}
	default:
	}
	return nil, context.Cause(ctx)
}

// giveBack takes a session back.
func (p *Pool) giveBack(s session) {
	settled := s.Settled()
	p.mu.Lock()
	if settled && !p.closed && p.open <= p.most(time.Now()) {
		p.give(s)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.drop(s)
}

// give lends s to whoever waits longest. p.mu is held.
func (p *Pool) give(s session) {
	if len(p.waiting) == 0 {
		s.Rests()
		p.idle = append(p.idle, resting{s, time.Now()})
		return
	}
	w := p.waiting[0]
	p.waiting = p.waiting[1:]
	w.got <- grant{session: s}
}

// failWaiting lets all who wait fail. p.mu is held.
func (p *Pool) failWaiting(err error) {
	for _, w := range p.waiting {
		w.got <- grant{err: err}
	}
	p.waiting = nil
}

// drop closes a session.
func (p *Pool) drop(s session) {
	s.Close()
	p.mu.Lock()
	p.open--
	p.mu.Unlock()
	p.wake()
}

// takeIdle returns some of the sessions that nobody uses. None of them is lent until it is returned.
func (p *Pool) takeIdle(some func(session) bool) (taken []resting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = slices.DeleteFunc(p.idle, func(one resting) bool {
		if !some(one.session) {
			return false
		}
		taken = append(taken, one)
		return true
	})
	return taken
}

func anyone(session) bool { return true }
