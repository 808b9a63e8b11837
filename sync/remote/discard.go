package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// An ambiguousError leaves open whether the change was made.
type ambiguousError struct{ err error }

func (e *ambiguousError) Error() string { return e.err.Error() }
func (e *ambiguousError) Unwrap() error { return e.err }

func isAmbiguous(err error) bool {
	var e *ambiguousError
	return errors.As(err, &e)
}

// discard renames files into the trash and returns where each is now, or why it
// is still in its place. was says what stands at place i.
func (d *Directory) discard(ctx context.Context, from []place, was func(i int) manifest.Entry) ([]place, []error) {
	errs := make([]error, len(from))
	if len(from) == 0 {
		return nil, errs
	}
	into := make([]place, len(from))
	pairs := make([]ftp.Renaming, len(from))
	began := false
	var broke error
	err := d.do(ctx, "making the trash", func(ctx context.Context, s *ftp.Session) (err error) {
		var b ftp.Batch
		if into, err = d.throwAway(ctx, s, &b, from); err == nil {
			began, broke = true, d.renames(ctx, s, &b, from, into, pairs)
		}
		return err // what became of a renaming is looked at, and not done again blindly
	})
	if !began {
		for i := range errs {
			errs[i] = fmt.Errorf("making the trash (--trash off does without): %w", err)
		}
		return into, errs
	}
	for i := range from {
		if !pairs[i].Done() {
			into[i], errs[i] = d.discardOne(ctx, from[i], into[i], was(i), pairs[i], broke)
		}
	}
	return into, errs
}

// discardOne brings a renaming into the trash that did not go as it should to a
// certain end: it looks what became of it, and tries once more with directories
// that are surely there.
func (d *Directory) discardOne(ctx context.Context, from, into place, was manifest.Entry, pair ftp.Renaming, cause error) (place, error) {
	for attempt := 0; ; attempt++ {
		if pair.Unsettled() {
			done, err := d.discarded(ctx, from, into, was)
			if done || err != nil {
				return into, err
			}
		} else if pair.Done() {
			return into, nil
		} else if pair.From.Code != 350 || attempt > 0 {
			// A server that is out of step may refuse what it has done.
			if done, err := d.discarded(ctx, from, into, was); done {
				return into, nil
			} else if err != nil {
				return into, errors.Join(err, pair.Err(from.String(), into.String()))
			}
			return into, fmt.Errorf("keeping the old version in the trash (--trash off does without): %w", pair.Err(from.String(), into.String()))
		}
		cause = errors.Join(cause, pair.Err(from.String(), into.String()))
		if attempt >= max(d.opts.Retries, 1) || d.pause(ctx, attempt) != nil {
			return into, fmt.Errorf("keeping the old version in the trash (--trash off does without): %w", errors.Join(cause, context.Cause(ctx)))
		}
		d.trash.doubt()
		pair = ftp.Renaming{}
		err := d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
			var b ftp.Batch
			again, err := d.throwAway(ctx, s, &b, []place{from})
			if err != nil {
				return err
			}
			into = again[0]
			one := []ftp.Renaming{{}}
			err = s.RenameAll(ctx, &b, []string{from.String()}, texts(again), one)
			pair = one[0]
			return err
		})
		if err != nil && !ftp.Retryable(err) {
			return into, err
		}
		cause = err
	}
}

// discarded looks whether a file is in the trash by now.
func (d *Directory) discarded(ctx context.Context, from, into place, was manifest.Entry) (bool, error) {
	var seen []looked
	err := d.do(ctx, "looking after a lost reply", func(ctx context.Context, s *ftp.Session) (err error) {
		seen, err = d.look(ctx, s, []place{from, into})
		return err
	})
	if err == nil {
		err = errors.Join(seen[0].err, seen[1].err)
	}
	switch {
	case err != nil:
		return false, &ambiguousError{err}
	case !seen[0].entry.Exists() && seen[1].entry.Exists():
		return true, nil
	case same("", was, seen[0].entry) == nil && !seen[1].entry.Exists():
		return false, nil
	}
	return false, &ambiguousError{fmt.Errorf("%s: %w", from, sync.ErrChanged)}
}
