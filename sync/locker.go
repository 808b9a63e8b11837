package sync

import (
	"context"
	"errors"
)

// ErrHeld is wrapped by the error of [Locker.Lock] if somebody else is working on
// the same directory, from another machine or with another state directory. It is also
// wrapped by an answer of [Replica.Gone]: what looks missing may be on its way.
var ErrHeld = errors.New("somebody else is at work on this directory")

// A Locker is a [Replica] whose root several machines can share. Its lock is
// advisory: where there is none, two engines get in each other's way, but each still
// looks again before it touches a file.
type Locker interface {
	// Lock locks the root for the rest of a pass. It breaks a lock whose holder is
	// gone. waited says that somebody else's lock was there before, so that what was seen
	// of the root may have changed. The error wraps [ErrHeld], or [ErrUnsupported] if the
	// side has no locks.
	Lock(ctx context.Context) (release func(), waited bool, err error)
}

// locks are the sides that a pass has locked. They stay locked when the pass begins
// again.
type locks struct {
	release [2]func() // nil: not locked
}

// releaseAll lets go of all sides.
func (l *locks) releaseAll() {
	for s, release := range l.release {
		if release != nil {
			release()
			l.release[s] = nil
		}
	}
}

// errLookAgain ends a pass before it changed anything: while it waited for a lock,
// somebody else was at work, and what it saw may not be true any more.
var errLookAgain = errors.New("somebody else was at work since the sides were looked at")

// lock locks the sides that the pass changes. It returns errLookAgain where it had to
// wait for somebody else.
func (p *pass) lock(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		switch {
		case p.changes(s):
			if err := p.lockSide(ctx, s); err != nil {
				return err
			}
		case p.sides[s].Leftovers():
			err := p.lockSide(ctx, s)
			if p.heldByOther[s] = errors.Is(err, ErrHeld); err != nil && !p.heldByOther[s] {
				return err
			}
		}
	}
	return nil
}

// lockSide locks one side, unless it is locked already or has no locks.
func (p *pass) lockSide(ctx context.Context, s Side) error {
	locker, is := p.sides[s].(Locker)
	if !is || p.locks.release[s] != nil {
		return nil
	}
	release, waited, err := locker.Lock(ctx)
	switch {
	case errors.Is(err, ErrHeld), err != nil && context.Cause(ctx) != nil:
		return err
	case err != nil: // the lock is advisory: without it a pass may be slower, but not wrong
		p.opts.Log.Info("no lock", "side", s, "because", err)
		return nil
	}
	p.locks.release[s] = release
	if waited {
		return errLookAgain
	}
	return nil
}

// changes reports whether the plan changes anything on side s.
func (p *pass) changes(s Side) bool {
	return p.plan.count(func(a *Action) bool { return a.Side == s && a.stage() != stageRecord }) > 0
}
