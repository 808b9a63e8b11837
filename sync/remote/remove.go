package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A removal is one Remove under way.
type removal struct {
	step sync.Step
	at   place
	now  manifest.Entry
	gone bool
	err  error
}

// removes removes files: the looks of all in one batch, then the removals.
func (d *Directory) removes(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	all := make([]*removal, len(steps))
	for i, step := range steps {
		all[i] = &removal{step: step, at: d.names.at(step.Path, step.Expect)}
		all[i].err = checkPlace(all[i].at)
		if !step.Expect.IsFile() {
			all[i].err = fmt.Errorf("removing a %v as a file: %w", step.Expect.Kind, sync.ErrUnsupported)
		}
	}
	d.inspect(ctx, all)
	if ctx.Err() == nil {
		ctx, cancel := d.finish(ctx)
		defer cancel()
		d.toTrash(ctx, all)
		d.delete(ctx, all)
	}
	for i, r := range all {
		if outs[i].Err = r.err; r.err == nil && !r.gone {
			outs[i].Err = errors.Join(errors.New("not removed"), context.Cause(ctx))
		}
	}
}

// open reports whether r is still to be done.
func (r *removal) open() bool { return r.err == nil && !r.gone }

// inspect looks whether each file is what is expected. One that is provably
// gone is done.
func (d *Directory) inspect(ctx context.Context, all []*removal) {
	var rest []*removal
	var places []place
	for _, r := range all {
		if r.open() {
			rest, places = append(rest, r), append(places, r.at)
		}
	}
	if len(rest) == 0 {
		return
	}
	var seen []looked
	var lost []error
	err := d.do(ctx, "looking before a removal", func(ctx context.Context, s *ftp.Session) (err error) {
		if seen, err = d.look(ctx, s, places); err != nil {
			return err
		}
		lost, err = d.vanished(ctx, s, places, seen)
		return err
	})
	for i, r := range rest {
		switch {
		case err != nil:
			r.err = err
		case seen[i].entry.Exists():
			r.now = seen[i].entry
			r.err = same(r.step.Path, r.step.Expect, r.now)
		default:
			r.err, r.gone = lost[i], lost[i] == nil
		}
	}
}

// vanished finds out whether what a look did not find is provably missing.
func (d *Directory) vanished(ctx context.Context, s *ftp.Session, places []place, seen []looked) ([]error, error) {
	lost := make([]error, len(places))
	var which []int
	var open []place
	for i := range places {
		if !seen[i].entry.Exists() {
			which, open = append(which, i), append(open, places[i])
		}
	}
	answers := make([]error, len(open))
	if len(open) > 0 {
		if err := d.missing(ctx, s, open, answers); err != nil {
			return nil, err
		}
	}
	for k, i := range which {
		lost[i] = answers[k]
	}
	return lost, nil
}

// toTrash renames into the trash what is to be kept.
func (d *Directory) toTrash(ctx context.Context, all []*removal) {
	var kept []*removal
	var places []place
	for _, r := range all {
		if r.open() && r.step.Trash {
			kept, places = append(kept, r), append(places, r.at)
		}
	}
	_, errs := d.discard(ctx, places, func(i int) manifest.Entry { return kept[i].now })
	for i, r := range kept {
		r.err, r.gone = errs[i], errs[i] == nil
	}
}

// delete removes the others. What was refused or not answered is looked at: only
// what is provably gone is done.
func (d *Directory) delete(ctx context.Context, all []*removal) {
	for attempt := 0; ; attempt++ {
		var b ftp.Batch
		asked := make(map[*removal]*ftp.Reply)
		for _, r := range all {
			if r.open() {
				asked[r] = new(ftp.Reply)
				b.Expect("DELE "+r.at.String(), asked[r])
			}
		}
		if len(asked) == 0 {
			return
		}
		cause := d.once(ctx, b.Run)
		var doubtful []*removal
		for r, told := range asked {
			if told.OK() {
				r.gone = true
			} else {
				doubtful = append(doubtful, r)
			}
		}
		d.inspect(ctx, doubtful)
		for _, r := range doubtful {
			switch told := asked[r]; {
			case r.gone:
			case r.err != nil && told.Code == 0:
				r.err = &ambiguousError{errors.Join(cause, r.err)}
			case r.err != nil:
			case !ftp.IsTransient(*told):
				r.err = ftp.ReplyError("DELE", r.at.String(), *told)
			case cause != nil && !ftp.Retryable(cause), attempt >= d.opts.Retries, d.pause(ctx, attempt) != nil:
				if r.err = cause; told.Code != 0 {
					r.err = ftp.ReplyError("DELE", r.at.String(), *told)
				}
			}
		}
	}
}
