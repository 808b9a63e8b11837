package shared

import (
	"context"
	"errors"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/internal/ftp/pool/sizing"
	"ferry/internal/ftp/socket"
)

// A Lease is a share in a pool, for one who has something to do on a server. It is used as
// the pool itself, and its speed is limited by itself.
type Lease struct {
	account  *account
	o        ftp.Options
	up, down *socket.Throttle
	keep     bool // the sessions outlast it
	closed   bool // guarded by account.mu
}

// errClosed is the error of a lease that is closed.
var errClosed = errors.New("the connection pool is closed")

func newLease(a *account, o ftp.Options, keep bool) *Lease {
	return &Lease{account: a, o: o, keep: keep, up: socket.NewThrottle(o.BytesUp), down: socket.NewThrottle(o.BytesDown)}
}

// Do is [pool.Pool.Do].
func (l *Lease) Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return pool.Attempts(ctx, l.o, op, func() error { return l.Once(ctx, f) })
}

// Once is [pool.Pool.Once].
func (l *Lease) Once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	s, err := l.Borrow(ctx)
	if err != nil {
		return err
	}
	defer l.Return(s)
	return f(ctx, s)
}

// Borrow is [pool.Pool.Borrow]. The error of a server that is lost or refuses the login is a
// [WaitError]; while that holds, it comes at once.
func (l *Lease) Borrow(ctx context.Context) (*ftp.Session, error) {
	for ended := 0; ; {
		s, err := l.account.borrow(ctx, l)
		if err != nil {
			return nil, err
		}
		fresh := s.LastUser == nil
		if err = l.receive(ctx, s); err == nil {
			return s, nil
		}
		l.Return(s)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case !fresh: // it has rested, and the next one may live
			continue
		case ended >= l.o.Retries: // the server ends each right after the login
			return nil, ftp.Fatal(err)
		}
		if err := ftp.Sleep(ctx, l.o.Backoff(ended)); err != nil {
			return nil, err
		}
		ended++
	}
}

// receive makes a session this lease's own. Where another one has left it in one of its
// directories, it leaves that: some servers do not remove the working directory of a session.
func (l *Lease) receive(ctx context.Context, s *ftp.Session) error {
	fresh := s.LastUser == nil
	change := !fresh && s.LastUser != l
	s.LastUser = l
	s.Limit(l.up, l.down)
	if !fresh && !change {
		return nil
	}
	home, err := s.WorkingDirectory(ctx)
	switch {
	case s.Dead():
		return err
	case fresh:
		return nil // an error shows again where the directory matters
	case err != nil:
		home = "/"
	}
	return s.GoHome(ctx, home)
}

// Return is [pool.Pool.Return].
func (l *Lease) Return(s *ftp.Session) {
	s.Limit(nil, nil)
	l.account.giveBack(s)
}

// EachIdle calls f with each session that nobody uses and that this lease has used last.
// None of them is lent meanwhile.
func (l *Lease) EachIdle(f func(s *ftp.Session)) {
	if sessions := l.sessions(); sessions != nil {
		sessions.EachIdleOf(func(s *ftp.Session) bool { return s.LastUser == l }, f)
	}
}

// Wanted reports whether another one who shares the pool waits for a session.
func (l *Lease) Wanted() bool {
	l.account.mu.Lock()
	defer l.account.mu.Unlock()
	for w := range l.account.waiting {
		if w.lease != l {
			return true
		}
	}
	return false
}

// HasWaiters reports whether anybody waits for a session of this account, or another account
// on the same host for its turn.
func (l *Lease) HasWaiters() bool {
	l.account.mu.Lock()
	waiting := len(l.account.waiting)
	l.account.mu.Unlock()
	return waiting > 0 || l.account.gate.yields(false)
}

// Spare is [pool.Pool.Spare].
func (l *Lease) Spare(ctx context.Context) *ftp.Session {
	sessions := l.sessions()
	if sessions == nil || l.HasWaiters() {
		return nil
	}
	s := sessions.Spare(ctx)
	if s == nil {
		return nil
	}
	l.account.lend(s, loan{pool: sessions, lease: l})
	if l.receive(ctx, s) != nil {
		l.Return(s)
		return nil
	}
	return s
}

// InUse is [pool.Pool.InUse].
func (l *Lease) InUse() (mode, tls string) {
	if sessions := l.sessions(); sessions != nil {
		return sessions.InUse()
	}
	return "", ""
}

// Size is [pool.Pool.Size].
func (l *Lease) Size(w sizing.Work) int {
	if sessions := l.sessions(); sessions != nil {
		return sessions.Size(w)
	}
	return 1
}

// Expect is [pool.Pool.Expect].
func (l *Lease) Expect(w sizing.Work, n int) {
	if sessions := l.sessions(); sessions != nil {
		sessions.Expect(w, n)
	}
}

func (l *Lease) sessions() *pool.Pool {
	l.account.mu.Lock()
	defer l.account.mu.Unlock()
	return l.account.pool
}

// Close ends the lease. Sessions that it has borrowed come back with Return all the same.
// The others go on untouched.
func (l *Lease) Close() error {
	a := l.account
	a.mu.Lock()
	again := l.closed
	l.closed = true
	a.mu.Unlock()
	if !again {
		a.leave(l, l.keep)
	}
	return nil
}
