package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/temporary"
)

// A mover carries out Move steps.
type mover struct {
	*server
	renamer *renamer
	temps   *temporary.Files
}

// A move is one Move step under way.
type move struct {
	renaming
	step sync.Step
	was  manifest.Entry // what stood at from right before
	// onlyCase says that from and to are one name to the server.
	onlyCase bool
	out      *sync.Outcome
}

// apply renames what is at each From. No step has to do with the place of another. All
// are looked at in one batch, and then renamed.
func (mv *mover) apply(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	var all []*move
	for i, step := range steps {
		if m := mv.prepare(step, &outs[i]); m.out.Err == nil {
			all = append(all, m)
		}
	}
	all = mv.check(ctx, all)
	if ctx.Err() != nil {
		for _, m := range all {
			m.out.Err = context.Cause(ctx)
		}
		return
	}
	if len(all) == 0 {
		return
	}
	ctx, cancel := mv.graceContext(ctx)
	defer cancel()
	renamings := make([]*renaming, len(all))
	for i, m := range all {
		renamings[i] = &m.renaming
	}
	cause := mv.renamer.runOnce(ctx, renamings...)
	mv.settle(ctx)
	for _, m := range all {
		mv.complete(ctx, m, cause)
	}
}

// one carries out a single step.
func (mv *mover) one(ctx context.Context, step sync.Step) error {
	outs := make([]sync.Outcome, 1)
	mv.apply(ctx, []sync.Step{step}, outs)
	return outs[0].Err
}

// prepare makes a move of a step. A step that cannot be one fails at once.
func (mv *mover) prepare(step sync.Step, out *sync.Outcome) *move {
	m := &move{step: step, out: out}
	m.from, m.to = mv.names.At(step.From, step.Expect), mv.names.Place(step.Path, mv.newName(step))
	if out.Err = errors.Join(m.from.Check(), mv.checkNew(m.to)); out.Err == nil && !step.Expect.IsFile() && !step.Expect.IsDir() {
		out.Err = fmt.Errorf("moving a %v: %w", step.Expect.Kind, sync.ErrUnsupported)
	}
	return m
}

// check makes sure that each move would do what is meant, and returns those that
// would.
func (mv *mover) check(ctx context.Context, all []*move) (fine []*move) {
	if len(all) == 0 {
		return nil
	}
	var places []place
	for _, m := range all {
		places = append(places, m.from, m.to)
	}
	seen, err := mv.statPlaces(ctx, "looking before a move", places...)
	for i, m := range all {
		if m.out.Err = err; err == nil {
			from, to := seen[2*i], seen[2*i+1]
			switch {
			case from.err != nil || to.err != nil:
				m.out.Err = errors.Join(from.err, to.err)
			case to.entry.Exists() && !mv.isOtherCase(ctx, m.from, m.to):
				m.out.Err = fmt.Errorf("a %v is at %q: %w", to.entry.Kind, m.step.Path, sync.ErrChanged)
			default:
				m.onlyCase = to.entry.Exists()
				m.was, m.what, m.out.Err = from.entry, from.entry, unchanged(m.step.From, m.step.Expect, from.entry)
			}
		}
		if m.out.Err == nil {
			fine = append(fine, m)
		}
	}
	return fine
}

// complete makes sure what became of a move, and records it.
func (mv *mover) complete(ctx context.Context, m *move, cause error) {
	if m.onlyCase {
		mv.completeCase(ctx, m)
	} else {
		mv.completePlain(ctx, m, cause)
	}
	if m.out.Err != nil {
		return
	}
	mv.names.Moved(m.step.From, m.step.Path, m.to.Name)
	mv.temps.Forget(m.from.String())
	m.out.Entry = spelled(m.was, m.step.Path, m.to.Name)
}

func (mv *mover) completePlain(ctx context.Context, m *move, cause error) {
	m.out.Err = mv.renamer.recover(ctx, &m.renaming, cause, recovery{
		happened: func(ctx context.Context) (bool, error) { return mv.renamer.happened(ctx, &m.renaming, m.was) },
		again:    func(ctx context.Context) error { return mv.renamer.runOnce(ctx, &m.renaming) },
		retries:  mv.opts.Retries,
	})
}
