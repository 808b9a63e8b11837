package site

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
)

// settle brings the files that are stored to their end: all are looked at and renamed. It
// returns those that are not over, of which there are some only after a lost session. No more
// files follow the last ones.
func (u *uploader) settle(ctx context.Context, open []*upload, last bool) []*upload {
	for attempt := 0; len(open) > 0; attempt++ {
		err := u.do(ctx, "looking at uploads", func(ctx context.Context, s *ftp.Session) error { return u.lookAtStored(ctx, s, open) })
		if err == nil {
			err = u.do(ctx, "looking at uploads", func(ctx context.Context, s *ftp.Session) error { return u.lookAtDoubtful(ctx, s, open) })
		}
		if err == nil {
			u.storeAgain(ctx, open)
			if last {
				u.leaveNames(open)
			}
			err = u.once(ctx, func(ctx context.Context, s *ftp.Session) error { return u.rename(ctx, s, open) })
		}
		if err != nil && (!ftp.Retryable(err) || attempt >= u.opts.Retries || ctx.Err() != nil) {
			for _, f := range open {
				if f.stage != over {
					u.finish(f, err)
				}
			}
			return nil
		}
		left := open[:0]
		for _, f := range open {
			switch {
			case f.stage == over:
				continue
			case f.stage == inDoubt && attempt >= max(u.opts.Retries, 2):
				u.finish(f, errors.Join(f.renamingErr(), unfinished(f, f.told.Entry)))
				continue
			}
			left = append(left, f)
		}
		open = left
	}
	return nil
}

// leaveNames leaves the files their names that need no others at a price. Where a rename was
// sent, the file may have its other name: only the reply to the next rename, or a look, tells.
func (u *uploader) leaveNames(open []*upload) {
	for _, f := range open {
		if f.stage == whole && f.KeepIfFree && !f.moved {
			f.name = f.Name
			u.finish(f, nil)
		}
	}
}

// renamingErr says why the server refused to rename f, if it did.
func (f *upload) renamingErr() error {
	if f.renaming.From.Code == 0 || f.renaming.Done() {
		return nil
	}
	return f.renaming.Err(f.at, f.keptAt)
}

// lookAtStored looks at the files that were just stored.
func (u *uploader) lookAtStored(ctx context.Context, s *ftp.Session, open []*upload) error {
	var some []*upload
	var paths []string
	for _, f := range open {
		if f.stage == stored {
			some, paths = append(some, f), append(paths, f.at)
		}
	}
	if len(some) == 0 {
		return nil
	}
	told, err := u.looks(ctx, s, new(ftp.Batch), paths)
	if err != nil {
		return err
	}
	for i, f := range some {
		f.told = told[i]
	}
	u.accept(some)
	return nil
}

// lookAtDoubtful finds out what became of files that are not where, or as large as, they
// should be. A server may show that only later. What it does not hold whole is sent once
// more.
func (u *uploader) lookAtDoubtful(ctx context.Context, s *ftp.Session, open []*upload) error {
	var doubtful []*upload
	for _, f := range open {
		if f.stage == inDoubt {
			doubtful = append(doubtful, f)
		}
	}
	if len(doubtful) == 0 {
		return nil
	}
	var failed error
	look := func(ctx context.Context) bool {
		doubtful, failed = u.lookEverywhere(ctx, s, doubtful)
		return failed == nil && len(doubtful) == 0
	}
	if !look(ctx) && failed == nil {
		u.showsLater(ctx, lookAgain, look)
	}
	if failed != nil {
		return failed
	}
	for _, f := range doubtful {
		if f.again || f.told.Err != nil {
			u.finish(f, errors.Join(f.told.Err, f.renamingErr(), unfinished(f, f.told.Entry)))
			continue
		}
		f.stage = lost
	}
	return nil
}

// storeAgain sends once more, from the start, what the server does not hold whole.
func (u *uploader) storeAgain(ctx context.Context, open []*upload) {
	for _, f := range open {
		if f.stage != lost {
			continue
		}
		if f.deflated && !f.lost { // the server took it for something else
			u.features.Observe(ftp.DeflatesUploads, false)
		}
		f.again, f.moved, f.renaming = true, false, ftp.Renaming{}
		if err := u.store(ctx, f, nil); err != nil {
			u.finish(f, err)
			continue
		}
		f.stage = stored
	}
}

// lookEverywhere looks at all places where the files may be, and returns those that are
// nowhere whole.
func (u *uploader) lookEverywhere(ctx context.Context, s *ftp.Session, doubtful []*upload) (left []*upload, err error) {
	var paths []string
	for _, f := range doubtful {
		paths = append(paths, f.at)
		if f.keptAt != "" {
			paths = append(paths, f.keptAt)
		}
	}
	told, err := u.looks(ctx, s, new(ftp.Batch), paths)
	if err != nil {
		return doubtful, err
	}
	for _, f := range doubtful {
		var kept deploy.Look
		f.told, told = told[0], told[1:]
		if f.keptAt != "" {
			kept, told = told[0], told[1:]
		}
		isWhole := func(l deploy.Look) bool { return l.Err == nil && l.Entry.IsFile() && l.Entry.Size == f.Size }
		switch {
		case isWhole(f.told) && f.renaming.Done():
			u.finish(f, f.renaming.DidNothing(f.keptAt))
		case isWhole(f.told) && f.keptAt != "" && f.renamingErr() != nil && !f.renaming.Unsettled():
			u.finish(f, f.renamingErr())
		case isWhole(f.told):
			u.isWhole(f, f.told)
		case isWhole(kept) && f.told.Err == nil && !f.told.Entry.Exists():
			u.finish(f, nil)
		default:
			left = append(left, f)
		}
	}
	return left, nil
}

// rename gives the files that are whole the names that they keep.
func (u *uploader) rename(ctx context.Context, s *ftp.Session, open []*upload) error {
	var some []*upload
	for _, f := range open {
		if f.stage == whole {
			some = append(some, f)
		}
	}
	forgets, known := s.Features().Known(ftp.ForgetsRNFR)
	together := len(some)
	if !known || !forgets {
		together = 1
	}
	for len(some) > 0 && !s.Dead() {
		part := some[:min(together, len(some))]
		some = some[len(part):]
		var b ftp.Batch
		for _, f := range part {
			f.renaming, f.moved = ftp.Renaming{}, true
			f.renaming.Queue(&b, f.at, f.keptAt)
		}
		err := b.Run(ctx, s)
		for _, f := range part {
			s.AfterRenaming(f.renaming)
		}
		if err != nil {
			for _, f := range part {
				f.stage = inDoubt
			}
			return err
		}
		if err := u.believe(ctx, s, part); err != nil {
			return err
		}
	}
	return nil
}

// believe takes a rename that the server says is done for done, once it was seen to do one.
func (u *uploader) believe(ctx context.Context, s *ftp.Session, part []*upload) error {
	for _, f := range part {
		switch {
		case !f.renaming.Done():
			f.stage = inDoubt
		case u.keeps(ftp.RenamesFiles):
			u.finish(f, nil)
		case s.Dead():
			f.stage = inDoubt
		default:
			told, err := u.looks(ctx, s, new(ftp.Batch), []string{f.keptAt})
			if err != nil {
				f.stage = inDoubt
				return fmt.Errorf("looking after a rename: %w", err)
			}
			f.kept = told[0]
			u.accept([]*upload{f})
		}
	}
	return nil
}
