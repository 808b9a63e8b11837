package remote

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A swap moves the old version of an upload into the trash and the new one to its name.
type swap struct {
	u       *upload
	old, in *renaming
	sent    bool
	found   stat // what was moved away
}

// swap carries out the uploads of all whose old versions are kept. Both renames of a file
// go out in one write, so that its name is free for a moment only, and a look at what was
// moved away follows. It returns the uploads that must go step by step.
//
// The second rename goes out before the reply to the first. So it must be known that
// the trash takes files from this directory, and that the server does what it says:
// otherwise the new version would replace the old one.
func (up *uploader) swap(ctx context.Context, all []*upload) (left []*upload) {
	var swaps []*swap
	for _, u := range all {
		if u.step.Trash && u.targetStat.entry.IsFile() {
			swaps = append(swaps, &swap{u: u})
		} else {
			left = append(left, u)
		}
	}
	if len(swaps) == 0 {
		return left
	}
	if up.isLate() { // a rename must be seen before the next one
		return all
	}
	var lost []*trial
	cause := up.once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
		if lost, err = up.prepareSwaps(ctx, s, swaps); err != nil || len(lost) > 0 || s.Dead() {
			return err
		}
		return up.sendSwaps(ctx, s, swaps)
	})
	for _, t := range lost {
		up.bringBack(ctx, t.u, t.back)
	}
	for _, w := range swaps {
		if w.u.failed() {
			continue
		}
		if !w.sent || !up.completeSwap(ctx, w, cause) {
			left = append(left, w.u)
		}
	}
	return left
}

// A trial is the way of a temporary into the trash and back.
type trial struct {
	u           *upload
	there, back *renaming
	seen        stat // in the trash
}

// prepareSwaps makes the directories in the trash, and proves that it takes files from
// each directory: the temporary for the longest name there goes into the trash and back.
// Those that may have stayed there are lost.
func (up *uploader) prepareSwaps(ctx context.Context, s *ftp.Session, swaps []*swap) (lost []*trial, err error) {
	f := s.Features()
	if !f.CanStat() && !up.keeps(ftp.RenamesFiles) {
		return nil, nil
	}
	places := make([]place, len(swaps))
	for i, w := range swaps {
		places[i] = w.u.target
	}
	var b ftp.Batch
	into, err := up.trash.queueDirs(ctx, s, &b, places)
	if err != nil {
		return nil, err
	}
	longest := make(map[string]*swap) // by directory that is not proven
	for i, w := range swaps {
		w.old, w.in = &renaming{from: w.u.target, to: into[i]}, &renaming{from: w.u.temp, to: w.u.target}
		at := w.u.target
		if other := longest[at.Dir]; !up.trash.dirs.isProven(at) && (other == nil || len(at.Name) > len(other.u.target.Name)) {
			longest[at.Dir] = w
		}
	}
	var trials []*trial
	for _, w := range swaps {
		if longest[w.u.target.Dir] != w {
			continue
		}
		t := &trial{u: w.u, there: &renaming{from: w.u.temp, to: w.old.to}, back: &renaming{from: w.old.to, to: w.u.temp}}
		t.there.replies.Queue(&b, t.there.from.String(), t.there.to.String())
		if !up.keeps(ftp.RenamesFiles) {
			queueStat(&b, f, t.there.to.String(), &t.seen)
		}
		t.back.replies.Queue(&b, t.back.from.String(), t.back.to.String())
		trials = append(trials, t)
	}
	if b.Len() == 0 {
		return nil, nil
	}
	err = b.Run(ctx, s)
	for _, t := range trials {
		s.AfterRenaming(t.there.replies)
		if t.there.replies.Done() && t.seen.entry.Exists() {
			up.features.Observe(ftp.RenamesFiles, true)
		}
		switch {
		case t.there.replies.Done() && t.back.replies.Done():
			up.trash.dirs.proven(t.u.target)
		case t.there.replies.Done() || t.there.replies.Unsettled():
			s.AfterRenaming(t.back.replies)
			lost = append(lost, t)
		}
	}
	return lost, err
}

// bringBack brings a temporary back that a trial may have left in the trash.
func (up *uploader) bringBack(ctx context.Context, u *upload, back *renaming) {
	there, temp, err := up.renamer.statBoth(ctx, back)
	if err == nil && temp.Exists() && !there.Exists() {
		return
	}
	if err == nil && there.Exists() && !temp.Exists() {
		if err = up.renamer.runOnce(ctx, back); back.replies.Done() {
			return
		}
	}
	u.fail(errors.Join(fmt.Errorf("the new version is not where it was written, but maybe at %s", back.from), err))
}

// sendSwaps sends the renames and the looks. Where the server may keep the RNFR of a
// refused RNTO, each file waits for the one before, and the first that is not done ends
// it.
func (up *uploader) sendSwaps(ctx context.Context, s *ftp.Session, swaps []*swap) error {
	var ready []*swap
	for _, w := range swaps {
		if !w.u.failed() && up.keeps(ftp.RenamesFiles) && up.trash.dirs.isProven(w.u.target) {
			ready = append(ready, w)
		}
	}
	if len(ready) == 0 {
		return nil
	}
	together := len(ready)
	if together > 1 {
		forgets, err := up.renamer.forgetsRNFR(ctx, s, 2*together)
		if err != nil {
			return err
		}
		if !forgets {
			together = 1
		}
	}
	for ; len(ready) > 0; ready = ready[together:] {
		if err := up.sendTogether(ctx, s, ready[:together]); err != nil || s.Dead() {
			return err
		}
		if w := ready[0]; together == 1 && !(w.old.replies.Done() && w.in.replies.Done()) {
			s.GiveUp()
			return nil
		}
	}
	return nil
}

// sendTogether sends the renames and the looks of some swaps in one batch.
func (up *uploader) sendTogether(ctx context.Context, s *ftp.Session, some []*swap) error {
	var b ftp.Batch
	places := make([]place, len(some))
	for i, w := range some {
		w.sent = true
		w.old.replies.Queue(&b, w.old.from.String(), w.old.to.String())
		w.in.replies.Queue(&b, w.in.from.String(), w.in.to.String())
		places[i] = w.old.to
	}
	seen, err := up.statAfter(ctx, s, &b, places)
	for i, w := range some {
		s.AfterRenaming(w.old.replies)
		s.AfterRenaming(w.in.replies)
		if w.found.err = err; err == nil {
			w.found = seen[i]
		}
	}
	return err
}

// completeSwap makes sure what became of a swap. It reports false where nothing has
// happened and the upload may go step by step.
func (up *uploader) completeSwap(ctx context.Context, w *swap, cause error) bool {
	u := w.u
	if !w.old.replies.Done() {
		seen, err := up.statPlaces(ctx, "looking after a rename", w.old.to, u.target, u.temp)
		if err == nil {
			err = errors.Join(seen[0].err, seen[1].err, seen[2].err)
		}
		switch {
		case err != nil:
			u.fail(&ambiguousError{errors.Join(cause, err)})
			return true
		case seen[0].entry.Exists(): // the reply was lost
			w.found = seen[0]
		case w.in.replies.Done(): // the old version was gone, or the server did not give it away
			up.opts.Notice(fmt.Sprintf("the version of %s that was replaced is not in the trash: %v",
				ftp.Printable(string(u.step.Path)), w.old.err()))
			up.installed(u)
			return true
		case seen[2].entry.Exists() && unchanged(u.step.Path, u.targetStat.entry, seen[1].entry) == nil:
			return false
		default:
			u.fail(&ambiguousError{errors.Join(cause, fmt.Errorf("%s: %w", u.step.Path, sync.ErrChanged))})
			return true
		}
	}
	u.aside = w.old.to
	up.complete(ctx, u, w.in, cause)
	if u.failed() || w.found.err != nil || !w.found.entry.IsFile() {
		return true
	}
	if changed := unchanged(u.step.Path, u.step.Expect, w.found.entry); changed != nil {
		up.keepCopy(ctx, u, w.found.entry)
	}
	return true
}

// keepCopy makes a conflict copy of what was moved away: somebody saved it after the last
// look. Where that fails it stays in the trash.
func (up *uploader) keepCopy(ctx context.Context, u *upload, found manifest.Entry) {
	if u.step.Copy != nil {
		to := u.step.Copy(found)
		m := &renaming{from: u.aside, to: place{Dir: u.target.Dir, Name: to.Base()}}
		there, free, err := up.renamer.statBoth(ctx, m)
		if err == nil && there.Exists() && !free.Exists() {
			if err = up.renamer.runOnce(ctx, m); m.replies.Done() {
				u.out.Copy = to
				return
			}
		}
		up.opts.Log.Warn("no conflict copy", "path", u.step.Path, "because", errors.Join(err, m.err()))
	}
	up.opts.Notice(fmt.Sprintf("somebody saved %s while it was replaced; that version is in the trash, as %s",
		ftp.Printable(string(u.step.Path)), ftp.Printable(u.aside.String())))
}
