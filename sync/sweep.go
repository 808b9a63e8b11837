package sync

import (
	"context"
	"errors"
	"iter"
)

// sweep removes what interrupted passes left on the sides that may be changed: those that
// are locked, or need no lock. A failure is no reason to stop: the next pass tries again.
func (p *pass) sweep(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		if !p.sides[s].Leftovers() || p.heldByOther[s] {
			continue
		}
		_, locks := p.sides[s].(Locker)
		err := p.sides[s].Sweep(ctx, Sweep{
			Pending: p.pendingWrites(s),
			Whole:   p.scope == nil && p.opts.Only == nil && p.targetIsWhole(s),
			Others:  !locks || p.locks.release[s] != nil,
		})
		switch {
		case errors.Is(err, ErrFatal):
			return err
		case err != nil && context.Cause(ctx) == nil:
			p.opts.Log.Info("half-written files were left", "side", s, "because", err)
		}
	}
	return context.Cause(ctx)
}

// pendingWrites yields the sources of the files that the plan writes on side s.
func (p *pass) pendingWrites(s Side) iter.Seq[Wanted] {
	return func(yield func(Wanted) bool) {
		for _, a := range p.plan.Actions.All() {
			if a.Side == s && (a.Op == Upload || a.Op == Download) && !yield(Wanted{Path: a.Path, Entry: p.entry(a, s.Other())}) {
				return
			}
		}
	}
}

// targetIsWhole reports whether the plan has everything that waits to be written on side
// s: its source was listed as a whole.
func (p *pass) targetIsWhole(s Side) bool {
	return p.listed[s.Other()] == nil || p.everything[s.Other()]
}
