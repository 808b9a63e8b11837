package pool

import (
	"context"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
)

// A Lender lends sessions of one server, as a [Pool] does for itself.
type Lender interface {
	Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error
	Once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error
	Borrow(ctx context.Context) (*ftp.Session, error)
	Return(s *ftp.Session)
	EachIdle(f func(s *ftp.Session))
	Rest(ctx context.Context)
	// Wanted reports whether somebody else waits for a session, so that one that is kept for
	// more than a moment should go back in between.
	Wanted() bool
	// HasWaiters reports whether anybody at all waits for one.
	HasWaiters() bool
	// Spare lends a session that nobody else wants, nil where there is none.
	Spare(ctx context.Context) *ftp.Session
	InUse() (mode, tls string)
	Size(w sizing.Work) int
	Expect(w sizing.Work, n int)
	Close() error
}

// Attempts calls once again and again, as [Pool.Do] says.
func Attempts(ctx context.Context, o ftp.Options, op string, once func() error) error {
	for attempt := 0; ; attempt++ {
		err := once()
		if err == nil || !ftp.Retryable(err) || ctx.Err() != nil || attempt >= o.Retries && !ftp.IsModeTrial(err) {
			return err
		}
		if ftp.IsModeTrial(err) {
			attempt-- // each mode gets its try; there are four at most
			continue
		}
		o.Log.Info("trying again", "what", op, "attempt", attempt+1, "because", err)
		if err := ftp.Sleep(ctx, o.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// Wanted implements [Lender]: the sessions of a pool are all for one.
func (p *Pool) Wanted() bool { return false }

// Most returns how many sessions there can be, as far as is known.
func (p *Pool) Most() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most(time.Now())
}

// urgeFor is how long [Pool.Urge] counts.
const urgeFor = 200 * time.Millisecond

// Urge has one more session opened for those who wait, where the server allows it, also if all
// together do no more with it.
func (p *Pool) Urge() {
	p.mu.Lock()
	p.urged = time.Now().Add(urgeFor)
	p.mu.Unlock()
	p.wake()
}

// Drop takes a session back and closes it.
func (p *Pool) Drop(s *ftp.Session) { p.drop(s) }

// DropIdle closes the session that nobody has used for longest. It reports whether there was
// one.
func (p *Pool) DropIdle() bool {
	p.mu.Lock()
	if len(p.idle) == 0 {
		p.mu.Unlock()
		return false
	}
	oldest := p.idle[0].session
	p.idle = p.idle[1:]
	p.mu.Unlock()
	p.drop(oldest)
	return true
}

// Trim closes the sessions that nobody has used for so long, except the one that was used
// last.
func (p *Pool) Trim(unused time.Duration) {
	var old, kept []resting
	p.mu.Lock()
	for i, one := range p.idle {
		if i < len(p.idle)-1 && time.Since(one.since) >= unused {
			old = append(old, one)
		} else {
			kept = append(kept, one)
		}
	}
	p.idle = kept
	p.mu.Unlock()
	for _, one := range old {
		p.drop(one.session)
	}
}
