package shared

import (
	"context"
	"slices"
	"time"

	"ferry/internal/ftp/pool"
)

// restEvery is how often the sessions of an account rest at most, whoever asks for it. It is
// a little less than the minute after which a pair does.
const restEvery = 50 * time.Second

// Rest is [pool.Pool.Rest], once for all who share the pool. While others use it, only those
// sessions are closed that nobody has used for as long.
func (l *Lease) Rest(ctx context.Context) {
	a, now := l.account, time.Now()
	a.mu.Lock()
	sessions, quiet := a.pool, now.Sub(a.usedAt) >= restEvery
	if now.Sub(a.restsAt) < restEvery || sessions == nil {
		a.mu.Unlock()
		return
	}
	a.restsAt = now
	a.mu.Unlock()
	if quiet {
		sessions.Rest(ctx)
	} else {
		sessions.Trim(restEvery)
	}
}

// urgeFor has another session opened, again and again, as long as a lease that has none waits
// for it under ctx: what the others have may keep them busy for long.
func (a *account) urgeFor(ctx context.Context, l *Lease, sessions *pool.Pool) *time.Timer {
	a.mu.Lock()
	defer a.mu.Unlock()
	var urge *time.Timer
	urge = time.AfterFunc(turn, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if ctx.Err() != nil {
			return
		}
		for _, loan := range a.lent {
			if loan.lease == l {
				return
			}
		}
		sessions.Urge()
		urge.Reset(turn)
	})
	return urge
}

// queue puts w behind those that wait for room for [Long].
func (a *account) queue(w *waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queued = append(a.queued, w)
}

// unqueue takes w away again.
func (a *account) unqueue(w *waiter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queued = slices.DeleteFunc(a.queued, func(other *waiter) bool { return other == w })
	a.wake()
}

// hasRoomForLong reports whether one more session may be kept for long. a.mu is held.
func (a *account) hasRoomForLong() bool {
	return len(a.leases) < 2 || a.long < max(1, a.pool.Most()-1)
}
