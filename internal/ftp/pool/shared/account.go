package shared

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
)

// An account is one pool of sessions, and those who share it.
type account struct {
	gate *gate

	mu      stdsync.Mutex
	changed chan struct{} // closed and replaced when it is worth looking again
	pool    *pool.Pool    // nil: nobody has used it yet, or it is closed
	leases  []*Lease
	waiting map[*waiter]bool
	queued  []*waiter // for room for [Long], in order
	lent    map[*ftp.Session]loan
	long    int // that are lent under [Long], or about to be
	failing failing
	probing bool      // somebody tries whether the server is back
	usedAt  time.Time // when a session was last lent or came back
	restsAt time.Time // when they last rested
	leftAt  time.Time // when the last lease ended
}

// A loan is a session that somebody has.
type loan struct {
	pool  *pool.Pool // that it goes back to
	lease *Lease     // who has it
	long  bool
}

// A waiter waits for a session.
type waiter struct {
	lease *Lease
	stop  context.CancelCauseFunc
}

func newAccount(h *host) *account {
	a := &account{changed: make(chan struct{}), waiting: make(map[*waiter]bool), lent: make(map[*ftp.Session]loan)}
	a.gate = h.add(a)
	return a
}

// lease returns a new share of the pool.
func (a *account) lease(o ftp.Options, keep bool) *Lease {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := newLease(a, o, keep)
	a.leases = append(a.leases, l)
	if a.pool == nil {
		o.Notice = a.notice
		o.BytesUp, o.BytesDown = 0, 0
		o.Gate = a.gate
		a.pool = pool.New(o)
	}
	return l
}

// notice tells one of those who use the server what concerns all.
func (a *account) notice(text string) {
	a.mu.Lock()
	var tell func(string)
	if n := len(a.leases); n > 0 {
		tell = a.leases[0].o.Notice
		if n > 1 {
			text += fmt.Sprintf(" (this holds for all %d pairs of this account)", n)
		}
	}
	a.mu.Unlock()
	if tell != nil {
		tell(text)
	}
}

// leave ends a lease.
func (a *account) leave(l *Lease, keep bool) {
	a.mu.Lock()
	a.leases = slices.DeleteFunc(a.leases, func(other *Lease) bool { return other == l })
	for w := range a.waiting {
		if w.lease == l {
			w.stop(errClosed)
		}
	}
	a.leftAt = time.Now()
	a.wake() // also those that have not asked the pool yet
	a.mu.Unlock()
	if !keep {
		a.closeUnused()
	}
}

// forgetAfter is how long an account is remembered that nobody uses. A login that was refused counts for
// whoever uses the account next, and is waited for less long.
const forgetAfter = 2 * loginMost

// isForgotten reports whether nobody uses the account, and has not for long.
func (a *account) isForgotten(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.leases) == 0 && a.pool == nil && len(a.lent) == 0 && now.Sub(a.leftAt) >= forgetAfter
}

// closeUnused closes the pool if nobody uses it.
func (a *account) closeUnused() {
	a.mu.Lock()
	unused := a.pool
	if len(a.leases) > 0 {
		unused = nil
	} else {
		a.pool = nil
	}
	a.mu.Unlock()
	if unused != nil {
		unused.Close()
	}
}

// wake lets those who wait look again. a.mu is held.
func (a *account) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// borrow waits for a session for a lease.
func (a *account) borrow(ctx context.Context, l *Lease) (*ftp.Session, error) {
	pending, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &waiter{lease: l, stop: stop}
	sessions, probe, err := a.enter(ctx, w)
	if err != nil {
		return nil, err
	}
	urge := a.urgeFor(pending, l, sessions)
	s, err := sessions.Borrow(pending)
	urge.Stop()
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, w)
	if probe {
		a.probing = false
		a.wake()
	}
	if err != nil {
		if isLong(ctx) {
			a.long--
			a.wake()
		}
		return nil, a.failed(ctx, err)
	}
	a.failing, a.usedAt = failing{}, time.Now()
	a.lent[s] = loan{sessions, l, isLong(ctx)}
	return s, nil
}

// lend notes who has a session.
func (a *account) lend(s *ftp.Session, to loan) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lent[s], a.usedAt = to, time.Now()
}

// enter waits until it is worth asking for a session, and returns whom to ask. probe says that
// nobody else asks meanwhile, since the server was lost.
func (a *account) enter(ctx context.Context, w *waiter) (sessions *pool.Pool, probe bool, err error) {
	if isLong(ctx) {
		a.queue(w)
		defer a.unqueue(w)
	}
	for {
		a.mu.Lock()
		wait := a.changed
		switch {
		case w.lease.closed:
			err = errClosed
		case a.failing.holds(time.Now()):
			err = a.failing.error()
		case a.failing.err != nil && a.probing, isLong(ctx) && (a.queued[0] != w || !a.hasRoomForLong()):
		default:
			probe = a.failing.err != nil
			a.probing = a.probing || probe
			a.waiting[w] = true
			if isLong(ctx) {
				a.long++
			}
			sessions = a.pool
		}
		a.mu.Unlock()
		if sessions != nil || err != nil {
			return sessions, probe, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
	}
}

// failed returns the error of a lease that got no session. Where the server is lost, all others
// who wait get it, too. a.mu is held.
func (a *account) failed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return err
	case a.failing.holds(time.Now()): // another one has found out first, and had this one stop
		return a.failing.error()
	case !errors.Is(err, ftp.ErrFatal) || len(a.lent) > 0:
		return err
	}
	a.failing.failed(err, time.Now())
	for w := range a.waiting {
		w.stop(err)
	}
	return a.failing.error()
}

// giveBack takes a session back.
func (a *account) giveBack(s *ftp.Session) {
	a.mu.Lock()
	loan := a.lent[s]
	delete(a.lent, s)
	if loan.long {
		a.long--
	}
	a.usedAt = time.Now()
	busy := len(a.waiting) > 0
	a.wake()
	a.mu.Unlock()
	if a.gate.yields(busy) {
		loan.pool.Drop(s)
		return
	}
	loan.pool.Return(s)
	if a.gate.yields(busy) { // somebody has asked meanwhile
		loan.pool.DropIdle()
	}
}

// dropIdle closes a session that nobody uses, for another account. It reports whether there was one.
func (a *account) dropIdle() bool {
	a.mu.Lock()
	sessions := a.pool
	a.mu.Unlock()
	return sessions != nil && sessions.DropIdle()
}
