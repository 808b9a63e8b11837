package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/temporary"
)

// A remover carries out Remove and RmDir steps.
type remover struct {
	*server
	trash *trash
	temps *temporary.Files
}

// A removal is one Remove step under way.
type removal struct {
	step sync.Step
	at   place
	now  manifest.Entry
	gone bool
	err  error
}

// isOpen reports whether r is still to be done.
func (r *removal) isOpen() bool { return r.err == nil && !r.gone }

// applyFiles removes files: all are looked at in one batch, and then removed.
func (rm *remover) applyFiles(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	all := make([]*removal, len(steps))
	for i, step := range steps {
		r := &removal{step: step, at: rm.names.At(step.Path, step.Expect)}
		if r.err = r.at.Check(); !step.Expect.IsFile() {
			r.err = fmt.Errorf("removing a %v as a file: %w", step.Expect.Kind, sync.ErrUnsupported)
		}
		all[i] = r
	}
	rm.check(ctx, all)
	if ctx.Err() == nil {
		ctx, cancel := rm.graceContext(ctx)
		defer cancel()
		rm.putInTrash(ctx, all)
		rm.delete(ctx, all)
	}
	for i, r := range all {
		if r.gone {
			rm.late.removed.Store(r.at, nil)
		}
		if outs[i].Err = r.err; r.isOpen() {
			outs[i].Err = errors.Join(errors.New("not removed"), context.Cause(ctx))
		}
	}
}

// check makes sure that each file is what is expected. One that is provably gone is
// done.
func (rm *remover) check(ctx context.Context, all []*removal) {
	var open []*removal
	var places []place
	for _, r := range all {
		if r.isOpen() {
			open, places = append(open, r), append(places, r.at)
		}
	}
	if len(open) == 0 {
		return
	}
	var seen []stat
	var missing []error
	err := rm.do(ctx, "looking before a removal", func(ctx context.Context, s *ftp.Session) (err error) {
		seen, missing, err = rm.statOrMissing(ctx, s, places)
		return err
	})
	for i, r := range open {
		switch {
		case err != nil:
			r.err = err
		case seen[i].entry.Exists():
			r.now = seen[i].entry
			r.err = unchanged(r.step.Path, r.step.Expect, r.now)
		default:
			r.err, r.gone = missing[i], missing[i] == nil
		}
	}
}

// putInTrash renames into the trash what is to be kept.
func (rm *remover) putInTrash(ctx context.Context, all []*removal) {
	var kept []*removal
	var places []place
	var was []manifest.Entry
	for _, r := range all {
		if r.isOpen() && r.step.Trash {
			kept, places, was = append(kept, r), append(places, r.at), append(was, r.now)
		}
	}
	_, errs := rm.trash.put(ctx, places, was)
	for i, r := range kept {
		r.err, r.gone = errs[i], errs[i] == nil
	}
}

// delete removes the others. What was refused or not answered is looked at: it is done
// only where it is provably gone.
func (rm *remover) delete(ctx context.Context, all []*removal) {
	for attempt := 0; ; attempt++ {
		var open []*removal
		var b ftp.Batch
		told := make([]ftp.Reply, len(all))
		for _, r := range all {
			if r.isOpen() {
				b.Expect("DELE "+r.at.String(), &told[len(open)])
				open = append(open, r)
			}
		}
		if len(open) == 0 {
			return
		}
		cause := rm.once(ctx, b.Run)
		believed := rm.believeDeletions(ctx, open, told)
		var doubtful []*removal
		for i, r := range open {
			if r.gone = r.gone || believed && told[i].OK(); r.isOpen() {
				doubtful = append(doubtful, r)
			}
		}
		rm.check(ctx, doubtful)
		for i, r := range open {
			switch told := told[i]; {
			case r.gone:
			case told.OK() && r.err == nil:
				r.err = ftp.DidNothing("DELE", r.at.String(), told)
			case r.err != nil && told.Code == 0:
				r.err = &ambiguousError{errors.Join(cause, r.err)}
			case r.err != nil:
			case !ftp.IsTransient(told):
				r.err = ftp.ReplyError("DELE", r.at.String(), told)
			case cause != nil && !ftp.Retryable(cause), attempt >= rm.opts.Retries, rm.backOff(ctx, attempt) != nil:
				if r.err = cause; told.Code != 0 {
					r.err = ftp.ReplyError("DELE", r.at.String(), told)
				}
			}
		}
	}
}

// believeDeletions reports whether a positive reply to DELE can be believed. Where that is
// not known, it looks at the first file that was deleted.
func (rm *remover) believeDeletions(ctx context.Context, all []*removal, told []ftp.Reply) bool {
	if rm.keeps(ftp.DeletesFiles) {
		return true
	}
	for i, r := range all {
		if told[i].OK() {
			if r.gone = rm.isGone(ctx, r.at); !r.gone {
				r.gone = rm.showsLater(ctx, LookAgain, func(ctx context.Context) bool { return rm.isGone(ctx, r.at) })
			}
			if !r.gone {
				rm.check(ctx, []*removal{r})
			}
			if r.err == nil {
				rm.features.Observe(ftp.DeletesFiles, r.gone)
			}
			return r.gone
		}
	}
	return false
}

// isGone reports whether nothing is provably at a place.
func (rm *remover) isGone(ctx context.Context, at place) (gone bool) {
	err := rm.do(ctx, "looking after a removal", func(ctx context.Context, s *ftp.Session) error {
		missing, err := rm.missing(ctx, s, []place{at})
		gone = err == nil && missing[0] == nil
		return err
	})
	return gone && err == nil
}
