package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A moving is one Move under way.
type moving struct {
	step     sync.Step
	from, to place
	was      manifest.Entry // what stood at from right before
	pair     ftp.Renaming
	out      *sync.Outcome
}

func (m *moving) open() bool { return m.out.Err == nil }

// moves renames what is at each From, none of which has to do with another: the
// looks of all go in one batch, then the renamings.
func (d *Directory) moves(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	var all []*moving
	for i, step := range steps {
		if m := d.newMoving(step, &outs[i]); m.open() {
			all = append(all, m)
		}
	}
	all = d.movable(ctx, all)
	if ctx.Err() != nil {
		for _, m := range all {
			m.out.Err = context.Cause(ctx)
		}
		return
	}
	if len(all) == 0 {
		return
	}
	ctx, cancel := d.finish(ctx)
	defer cancel()
	from, to, pairs := make([]place, len(all)), make([]place, len(all)), make([]ftp.Renaming, len(all))
	for i, m := range all {
		from[i], to[i] = m.from, m.to
	}
	cause := d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		return d.renames(ctx, s, new(ftp.Batch), from, to, pairs)
	})
	for i, m := range all {
		m.pair = pairs[i]
		m.out.Entry, m.out.Err = d.settleMove(ctx, m, cause)
	}
}

// newMoving prepares a Move. What cannot be one fails at once.
func (d *Directory) newMoving(step sync.Step, out *sync.Outcome) *moving {
	m := &moving{step: step, from: d.names.at(step.From, step.Expect), to: d.names.place(step.Path, step.Want.Spelled(step.Path)), out: out}
	if m.out.Err = errors.Join(checkPlace(m.from), d.makes(m.to)); m.open() && !step.Expect.IsFile() && !step.Expect.IsDir() {
		m.out.Err = fmt.Errorf("moving a %v: %w", step.Expect.Kind, sync.ErrUnsupported)
	}
	return m
}

// move is moves of one step.
func (d *Directory) move(ctx context.Context, step sync.Step) (manifest.Entry, error) {
	outs := make([]sync.Outcome, 1)
	d.moves(ctx, []sync.Step{step}, outs)
	return outs[0].Entry, outs[0].Err
}

// settleMove brings a renaming to its end. What was lost or refused is settled by
// looking; what was not done, and may come about another time, is tried again.
func (d *Directory) settleMove(ctx context.Context, m *moving, cause error) (manifest.Entry, error) {
	for attempt := 0; ; attempt++ {
		done := m.pair.Done()
		if !done {
			var err error
			if done, err = d.discarded(ctx, m.from, m.to, m.was); err != nil {
				return manifest.Entry{}, errors.Join(cause, m.pair.Err(m.from.String(), m.to.String()), err)
			}
		}
		switch {
		case done:
			d.names.moved(m.step.From, m.step.Path, m.to.name)
			d.temps.forget(m.from.String())
			return named(m.was, m.step.Path, m.to.name), nil
		case !m.pair.Unsettled():
			return manifest.Entry{}, m.pair.Err(m.from.String(), m.to.String())
		case cause != nil && !ftp.Retryable(cause), attempt >= d.opts.Retries, d.pause(ctx, attempt) != nil:
			return manifest.Entry{}, errors.Join(cause, m.pair.Err(m.from.String(), m.to.String()), context.Cause(ctx))
		}
		cause = d.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
			m.pair, err = s.Rename(ctx, m.from.String(), m.to.String())
			return err
		})
	}
}

// movable looks whether each move would do what is meant, notes what is to be
// moved, and returns those of which that is true.
func (d *Directory) movable(ctx context.Context, all []*moving) []*moving {
	if len(all) == 0 {
		return nil
	}
	var places []place
	for _, m := range all {
		places = append(places, m.from, m.to)
	}
	var seen []looked
	err := d.do(ctx, "looking before a move", func(ctx context.Context, s *ftp.Session) (err error) {
		seen, err = d.look(ctx, s, places)
		return err
	})
	var left []*moving
	for i, m := range all {
		if m.out.Err = err; err == nil {
			from, to := seen[2*i], seen[2*i+1]
			switch {
			case from.err != nil || to.err != nil:
				m.out.Err = errors.Join(from.err, to.err)
			case to.entry.Exists() && !d.isOtherCase(ctx, m.from, m.to):
				m.out.Err = fmt.Errorf("a %v is at %q: %w", to.entry.Kind, m.step.Path, sync.ErrChanged)
			default:
				m.was, m.out.Err = from.entry, same(m.step.From, m.step.Expect, from.entry)
			}
		}
		if m.open() {
			left = append(left, m)
		}
	}
	return left
}

// isOtherCase reports whether to is there only because the server takes it for
// from, in other letters: the listing has from and lacks to.
func (d *Directory) isOtherCase(ctx context.Context, from, to place) bool {
	if from.dir != to.dir || !strings.EqualFold(from.name, to.name) {
		return false
	}
	one := false
	err := d.do(ctx, "looking for names in other letters", func(ctx context.Context, s *ftp.Session) error {
		l, err := d.list(ctx, s, from.parent())
		one = err == nil && l.find(from.name).Exists() && !l.find(to.name).Exists()
		return err
	})
	return err == nil && one
}
