package sync

import (
	"context"
	"errors"
)

// ErrHeld is wrapped by the error of [Locker.Lock] where somebody else is at
// work on the same directory, from another machine or another state directory.
var ErrHeld = errors.New("somebody else is at work on this directory")

// A Locker is a [Replica] whose root several machines can share. Its lock is
// advice to other engines, and nothing rests on it: it spares them work that
// would have to be done again.
type Locker interface {
	// Lock takes the root's lock for the rest of a pass. A lock whose holder is
	// gone is broken. The error wraps [ErrHeld], or [ErrUnsupported] where there
	// can be no lock.
	Lock(ctx context.Context) (release func(), err error)
}

// lock takes the locks of the sides that the plan changes.
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
		case err != nil: // the lock is advice: without it a pass is slower, not wrong
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
