package ftp

import (
	"context"
	"errors"
	"math/rand/v2"
	stdsync "sync"
	"sync/atomic"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
)

// Times of a pool.
const (
	idleCheck   = 5 * time.Second        // a session that rested so long is looked at before it is lent
	idleAsk     = 30 * time.Second       // and one that rested so long is asked
	busyMemory  = 10 * time.Minute       // how long a limit of the server is believed in
	backoffBase = 500 * time.Millisecond // before the first retry; doubled for each further one
	backoffMost = 10 * time.Second
)

// A Pool lends sessions of one server. It opens them on demand, up to
// Options.Connections; a server that refuses more makes the limit smaller, but
// never smaller than one.
type Pool struct {
	o        Options
	modes    *datamode.Tracker
	traffic  *socket.ByteCount
	up, down *socket.Throttle

	askPassword stdsync.Once
	secret      string
	secretErr   error

	waiting atomic.Int64 // calls of Borrow that wait for a session

	mu         stdsync.Mutex
	changed    chan struct{} // closed and replaced when a session comes back or goes
	idle       []*Session
	open       int // sessions lent, idle or being opened
	limit      int // at the moment; below most after a refusal
	most       int
	busyAt     time.Time // when the server last refused a session
	told       bool      // of the limit
	nextDial   time.Time
	f          *Features // after the first login
	tlsVersion string    // of the first session; "": clear text
	opening    bool      // the first session is being opened
	known      Capabilities
	closed     bool
	lost       error // for good
}

// NewPool returns a pool for the server of o. It connects when a session is first wanted.
func NewPool(o Options) *Pool {
	o = o.WithDefaults()
	p := &Pool{o: o, most: o.Connections, limit: o.Connections, changed: make(chan struct{}), traffic: &socket.ByteCount{},
		up: socket.NewThrottle(o.BytesUp), down: socket.NewThrottle(o.BytesDown), known: Recall(o)}
	p.modes = &datamode.Tracker{Allow: o.Mode.DataModes(), Learned: p.learn, Warn: o.Notice, Trial: o.ModeTrial}
	p.modes.Recall(p.known.Mode)
	return p
}

// backoff returns the wait before retry number attempt, from 0.
func backoff(attempt int) time.Duration {
	d := min(backoffBase<<min(attempt, 10), backoffMost)
	return d/2 + rand.N(d)
}

// Do lends a session to f. An error of f of class Retry or Busy lets it run
// again on another session, up to Options.Retries times, so f must be
// idempotent; any other error is returned at once.
func (p *Pool) Do(ctx context.Context, op string, f func(ctx context.Context, s *Session) error) error {
	for attempt := 0; ; attempt++ {
		err := p.Once(ctx, f)
		if err == nil || !Retryable(err) || ctx.Err() != nil || attempt >= p.o.Retries && !isModeTrial(err) {
			return err
		}
		if isModeTrial(err) {
			attempt-- // each mode gets its try; there are four at most
			continue
		}
		p.o.Log.Info("trying again", "what", op, "attempt", attempt+1, "because", err)
		if err := Sleep(ctx, p.o.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// Once lends a session to f, which runs once.
func (p *Pool) Once(ctx context.Context, f func(ctx context.Context, s *Session) error) error {
	s, err := p.Borrow(ctx)
	if err != nil {
		return err
	}
	defer p.Return(s)
	return f(ctx, s)
}

// Borrow waits for a session, which goes back with [Pool.Return]. Its error is final: it wraps [ErrFatal] where
// the server cannot be had at all, and the context's cause where that was
// cancelled.
func (p *Pool) Borrow(ctx context.Context) (*Session, error) {
	for attempt := 0; ; {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s, wait, err := p.take()
		switch {
		case err != nil:
			return nil, err
		case s != nil:
			if s.c == nil {
				if s, err = p.connect(ctx, &attempt); err != nil {
					return nil, err
				}
			} else if !p.isAlive(ctx, s) {
				p.drop(s)
				continue
			}
			if s != nil {
				return s, nil
			}
		default:
			p.waiting.Add(1)
			select {
			case <-wait:
			case <-ctx.Done():
			}
			p.waiting.Add(-1)
		}
	}
}

// take returns an idle session; or an empty one as the permission to open one;
// or a channel that is closed when it is worth asking again.
func (p *Pool) take() (*Session, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch n := len(p.idle); {
	case p.closed:
		return nil, nil, errors.New("the connection pool is closed")
	case p.lost != nil:
		return nil, nil, p.lost
	case n > 0:
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return s, nil, nil
	}
	if p.limit < p.most && !p.busyAt.IsZero() && time.Since(p.busyAt) > busyMemory {
		p.limit, p.busyAt = p.limit+1, time.Now()
	}
	if p.open < p.limit && !p.opening {
		p.open++
		p.opening = p.f == nil
		return &Session{}, nil, nil
	}
	return nil, p.changed, nil
}

// isAlive looks whether an idle session still lives.
func (p *Pool) isAlive(ctx context.Context, s *Session) bool {
	rest := time.Since(s.idleSince)
	if rest < idleCheck {
		return !s.Dead()
	}
	leave := s.c.deadlines.Enter(ctx)
	alive := s.c.alive()
	leave()
	if !alive || rest < idleAsk {
		return alive
	}
	ctx, cancel := context.WithTimeout(ctx, min(p.o.Timeout, idleAsk/3))
	defer cancel()
	r, err := s.Command(ctx, "NOOP")
	return err == nil && r.OK()
}

// Return takes a session back; one that is dead is closed.
func (p *Pool) Return(s *Session) {
	if s.c.queue.isOutOfStep() {
		s.GiveUp()
	}
	s.idleSince = time.Now()
	p.mu.Lock()
	if !s.Dead() && !p.closed && p.open <= p.limit {
		p.idle = append(p.idle, s)
		p.wake()
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	p.drop(s)
}

// drop closes a session.
func (p *Pool) drop(s *Session) {
	s.c.close()
	p.mu.Lock()
	p.open--
	p.wake()
	p.mu.Unlock()
}

// EachIdle calls f with each session that nobody uses, one after another. None of
// them is lent meanwhile.
func (p *Pool) EachIdle(f func(s *Session)) {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, s := range idle {
		f(s)
		p.Return(s)
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
	idle := p.idle
	p.idle, p.closed = nil, true
	p.wake()
	p.mu.Unlock()
	var all stdsync.WaitGroup
	for _, s := range idle {
		all.Go(func() { p.drop(s) })
	}
	all.Wait()
	return nil
}

// remember writes down what is known of the server.
func (p *Pool) remember() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		return
	}
	mode := p.modes.Current()
	list, dots := p.f.listToRemember()
	news := Capabilities{Mode: mode.String(), List: list, Dots: dots, Seen: p.f.worthRemembering(), Features: p.f.digest(),
		ShowModes: p.f.showModes, Greeting: p.f.greeting}
	if err := remember(p.o, news); err != nil {
		p.o.Log.Warn("cannot remember what the server can do", "error", err)
	}
}

// Sleep waits for d, or less when ctx is cancelled, which is the error.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// features returns what the server can do, nil before the first login.
func (p *Pool) features() *Features {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.f
}
