package sync

import (
	"context"
	"errors"
)

// ErrHeld is wrapped by the error of [Locker.Lock] if somebody else is working on
// the same directory, from another machine or with another state directory.
var ErrHeld = errors.New("somebody else is at work on this directory")

// A Locker is a [Replica] whose root several machines can share. Its lock is
// advisory, and correctness does not depend on it: it only saves other engines
// work that they would have to repeat.
type Locker interface {
	// Lock locks the root for the rest of a pass. It breaks a lock whose holder is
	// gone. The error wraps [ErrHeld], or [ErrUnsupported] if the side has no locks.
	Lock(ctx context.Context) (release func(), err error)
}

// lock locks the sides that the plan changes.
func (p *pass) lock(ctx context.Context) (release func(), err error) {
	release = func() {}
	for _, s := range [...]Side{Local, Remote} {
		locker, is := p.sides[s].(Locker)
		if !is || !p.changes(s) {
			continue
		}
		free, err := locker.Lock(ctx)
		switch {
		case errors.Is(err, ErrHeld), err != nil && context.Cause(ctx) != nil:
			release()
			return nil, err
		case err != nil: // the lock is advisory: without it a pass may be slower, but not wrong
			p.opts.Log.Info("no lock", "side", s, "because", err)
		default:
			before := release
			release = func() { free(); before() }
		}
	}
	return release, nil
}

// changes reports whether the plan changes anything on side s.
func (p *pass) changes(s Side) bool {
	for _, a := range p.plan.Actions {
		if a.Side == s && a.stage() != stageRecord {
			return true
		}
	}
	return false
}
