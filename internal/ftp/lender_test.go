package ftp

import (
	"context"
	stdsync "sync"
	"testing"
	"time"
)

// A lender lends the sessions of a server to tests, one after another, as a pool does.
type lender struct {
	*Client
	mu   stdsync.Mutex
	idle []*Session
}

// newLender returns a lender with short waits.
func newLender(t *testing.T, o Options) *lender {
	l := &lender{Client: NewClient(o)}
	l.o.Backoff = func(int) time.Duration { return time.Millisecond }
	l.modes.Trial = 300 * time.Millisecond
	t.Cleanup(l.Close)
	return l
}

// Borrow lends a session until Return. The error is that of the last attempt.
func (l *lender) Borrow(ctx context.Context) (*Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := len(l.idle); n > 0; n = len(l.idle) {
		s := l.idle[n-1]
		if l.idle = l.idle[:n-1]; !s.Dead() {
			return s, nil
		}
		s.Close()
	}
	for attempt := 0; ; attempt++ {
		s, err := l.Login(ctx)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		if class, _ := ClassOf(err); !IsModeTrial(err) && (class != Retry || attempt >= l.o.Retries) {
			return nil, Fatal(err)
		}
	}
}

// Return takes a session back.
func (l *lender) Return(s *Session) {
	if s.Settled() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.idle = append(l.idle, s)
		return
	}
	s.Close()
}

// Once lends a session to f.
func (l *lender) Once(ctx context.Context, f func(ctx context.Context, s *Session) error) error {
	s, err := l.Borrow(ctx)
	if err != nil {
		return err
	}
	defer l.Return(s)
	return f(ctx, s)
}

// Do is Once with other attempts.
func (l *lender) Do(ctx context.Context, _ string, f func(ctx context.Context, s *Session) error) error {
	for attempt := 0; ; attempt++ {
		err := l.Once(ctx, f)
		switch {
		case !Retryable(err) || ctx.Err() != nil || attempt >= l.o.Retries && !IsModeTrial(err):
			return err
		case IsModeTrial(err):
			attempt--
		}
	}
}

// Close says goodbye on all sessions that were returned.
func (l *lender) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.idle {
		s.Close()
	}
	l.idle = nil
}
