package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// move renames what is at step.From. A lost reply is settled by looking.
func (d *Directory) move(ctx context.Context, step sync.Step) (manifest.Entry, error) {
	from := d.names.at(step.From, step.Expect)
	to := d.names.place(step.Path, step.Want.Spelled(step.Path))
	if err := errors.Join(checkPlace(from), d.makes(to)); err != nil {
		return manifest.Entry{}, err
	}
	if !step.Expect.IsFile() && !step.Expect.IsDir() {
		return manifest.Entry{}, fmt.Errorf("moving a %v: %w", step.Expect.Kind, sync.ErrUnsupported)
	}
	was, err := d.movable(ctx, step, from, to)
	if err != nil {
		return manifest.Entry{}, err
	}
	if ctx.Err() != nil {
		return manifest.Entry{}, context.Cause(ctx)
	}
	ctx, cancel := d.finish(ctx)
	defer cancel()
	for attempt := 0; ; attempt++ {
		var pair renaming
		cause := d.pool.once(ctx, func(ctx context.Context, s *session) (err error) {
			pair, err = s.rename(ctx, from, to)
			return err
		})
		done := pair.done()
		if pair.lost() {
			if done, err = d.discarded(ctx, from, to, was); err != nil {
				return manifest.Entry{}, errors.Join(cause, err)
			}
		} else if !done {
			if done, err = d.discarded(ctx, from, to, was); err != nil {
				return manifest.Entry{}, errors.Join(err, pair.err(from, to))
			} else if !done {
				return manifest.Entry{}, pair.err(from, to)
			}
		}
		switch {
		case done:
			d.names.moved(step.From, step.Path, to.name)
			d.temps.forget(from.String())
			return named(was, step.Path, to.name), nil
		case cause != nil && !retryable(cause), attempt >= d.opts.Retries, d.pause(ctx, attempt) != nil:
			return manifest.Entry{}, errors.Join(cause, pair.err(from, to), context.Cause(ctx))
		}
	}
}

// movable looks whether a move would do what is meant, and returns what is to be
// moved.
func (d *Directory) movable(ctx context.Context, step sync.Step, from, to place) (manifest.Entry, error) {
	var seen []looked
	err := d.pool.do(ctx, "looking before a move", func(ctx context.Context, s *session) (err error) {
		seen, err = d.look(ctx, s, []place{from, to})
		return err
	})
	switch {
	case err != nil:
		return manifest.Entry{}, err
	case seen[0].err != nil || seen[1].err != nil:
		return manifest.Entry{}, errors.Join(seen[0].err, seen[1].err)
	case seen[1].entry.Exists() && !d.isOtherCase(ctx, from, to):
		return manifest.Entry{}, fmt.Errorf("a %v is at %q: %w", seen[1].entry.Kind, step.Path, sync.ErrChanged)
	}
	return seen[0].entry, same(step.From, step.Expect, seen[0].entry)
}

// isOtherCase reports whether to is there only because the server takes it for
// from, in other letters: the listing has from and lacks to.
func (d *Directory) isOtherCase(ctx context.Context, from, to place) bool {
	if from.dir != to.dir || !strings.EqualFold(from.name, to.name) {
		return false
	}
	one := false
	err := d.pool.do(ctx, "looking for names in other letters", func(ctx context.Context, s *session) error {
		l, err := d.list(ctx, s, from.parent())
		one = err == nil && l.find(from.name).Exists() && !l.find(to.name).Exists()
		return err
	})
	return err == nil && one
}
