// Package pool lends the sessions of one server to those who have something to do there.
package pool

import (
	"context"
	"errors"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
)

// busyMemory is how long a limit of the server is believed in.
const busyMemory = 10 * time.Minute

// A Pool lends sessions of one server. It opens them on demand, up to
// [ftp.Options.Connections]; a server that refuses more makes the limit smaller, but
// never smaller than one.
type Pool struct {
	client *ftp.Client
	o      ftp.Options

	mu       stdsync.Mutex
	changed  chan struct{} // closed and replaced when a session comes back or goes
	idle     []resting
	open     int       // sessions lent, idle or being opened
	limit    int       // lower than Options.Connections after a refusal
	busyAt   time.Time // when the server last refused a session
	told     bool      // of the limit
	nextDial time.Time
	opening  bool // the first session is being opened
	closed   bool
}

// A resting session is one that nobody uses.
type resting struct {
	session *ftp.Session
	since   time.Time
}

// isAlive looks whether the session still lives.
func (r resting) isAlive(ctx context.Context) bool {
	return r.session.IsAlive(ctx, time.Since(r.since))
}

// New returns a pool for the server of o. It connects when a session is first wanted.
func New(o ftp.Options) *Pool {
	client := ftp.NewClient(o)
	o = client.Options()
	return &Pool{client: client, o: o, limit: o.Connections, changed: make(chan struct{})}
}

// InUse is [ftp.Client.InUse].
func (p *Pool) InUse() (mode, tlsVersion string) { return p.client.InUse() }

// Do lends a session to f. An error of f of class Retry or Busy lets it run
// again on another session, up to Options.Retries times, so f must be
// idempotent; any other error is returned at once.
func (p *Pool) Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	for attempt := 0; ; attempt++ {
		err := p.Once(ctx, f)
		if err == nil || !ftp.Retryable(err) || ctx.Err() != nil || attempt >= p.o.Retries && !ftp.IsModeTrial(err) {
			return err
		}
		if ftp.IsModeTrial(err) {
			attempt-- // each mode gets its try; there are four at most
			continue
		}
		p.o.Log.Info("trying again", "what", op, "attempt", attempt+1, "because", err)
		if err := ftp.Sleep(ctx, p.o.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// Once lends a session to f, which runs once.
func (p *Pool) Once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	s, err := p.Borrow(ctx)
	if err != nil {
		return err
	}
	defer p.Return(s)
	return f(ctx, s)
}

// Borrow waits for a session, which goes back with [Pool.Return]. Its error is final: it wraps
// [ftp.ErrFatal] where the server cannot be had at all, and the context's cause where that was
// cancelled.
func (p *Pool) Borrow(ctx context.Context) (*ftp.Session, error) {
	for attempt := 0; ; {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		idle, wait, err := p.take()
		switch {
		case err != nil:
			return nil, err
		case wait != nil:
			select {
			case <-wait:
			case <-ctx.Done():
			}
		case idle.session == nil:
			if s, err := p.connect(ctx, &attempt); s != nil || err != nil {
				return s, err
			}
		case !idle.isAlive(ctx):
			p.drop(idle.session)
		default:
			return idle.session, nil
		}
	}
}

// take returns an idle session; or none as the permission to open one;
// or a channel that is closed when it is worth asking again.
func (p *Pool) take() (idle resting, wait <-chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return resting{}, nil, errors.New("the connection pool is closed")
	}
	if n := len(p.idle); n > 0 {
		idle = p.idle[n-1]
		p.idle = p.idle[:n-1]
		return idle, nil, nil
	}
	if p.limit < p.o.Connections && !p.busyAt.IsZero() && time.Since(p.busyAt) > busyMemory {
		p.limit, p.busyAt = p.limit+1, time.Now()
	}
	if p.open < p.most() && !p.opening {
		p.open++
		p.opening = p.client.Features() == nil
		return resting{}, nil, nil
	}
	return resting{}, p.changed, nil
}

// most is how many sessions may be open now. p.mu is held.
func (p *Pool) most() int {
	if p.client.OneSessionOnly() {
		return 1
	}
	return p.limit
}

// Return takes a session back; one that is dead is closed.
func (p *Pool) Return(s *ftp.Session) {
	settled := s.Settled()
	p.mu.Lock()
	if settled && !p.closed && p.open <= p.most() {
		p.idle = append(p.idle, resting{s, time.Now()})
		p.wake()
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.drop(s)
}

// drop closes a session.
func (p *Pool) drop(s *ftp.Session) {
	s.Close()
	p.mu.Lock()
	p.open--
	p.wake()
	p.mu.Unlock()
}

// takeIdle returns the sessions that nobody uses. None of them is lent until it is returned.
func (p *Pool) takeIdle() []resting {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := p.idle
	p.idle = nil
	return idle
}

// EachIdle calls f with each session that nobody uses, one after another. None of
// them is lent meanwhile.
func (p *Pool) EachIdle(f func(s *ftp.Session)) {
	for _, idle := range p.takeIdle() {
		f(idle.session)
		p.Return(idle.session)
	}
}

// wake lets those who wait look again. p.mu is held.
func (p *Pool) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Close says goodbye on all idle sessions. Sessions that are lent are closed
// when they come back.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.wake()
	p.mu.Unlock()
	var all stdsync.WaitGroup
	for _, idle := range p.takeIdle() {
		all.Go(func() { p.drop(idle.session) })
	}
	all.Wait()
	return nil
}
