package remote

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/sync/remote/names"
	"ferry/sync/trashbin"
)

// discardAtOnce is how many things are removed from the trash in one batch.
const discardAtOnce = 500

// discard implements [trashbin.Bin.Discard].
func (b *bin) discard(ctx context.Context, things []trashbin.Trashed) (freed int64, err error) {
	var errs []error
	var fine []trashbin.Trashed
	for _, t := range things {
		_, _, err := t.Inside()
		if err = errors.Join(err, ftp.CheckLine(t.ID)); err != nil {
			errs = append(errs, err)
			continue
		}
		fine = append(fine, t)
	}
	var emptied []string
	for group := range slices.Chunk(fine, discardAtOnce) {
		n, dirs, failed := b.deleteFiles(ctx, group)
		freed, emptied, errs = freed+n, append(emptied, dirs...), append(errs, failed...)
		if ctx.Err() != nil {
			return freed, errors.Join(append(errs, context.Cause(ctx))...)
		}
	}
	b.removeEmptyDirs(ctx, emptied)
	return freed, errors.Join(errs...)
}

// deleteFiles removes files from the trash and returns the directories, below the root,
// that may be empty now.
func (b *bin) deleteFiles(ctx context.Context, things []trashbin.Trashed) (freed int64, dirs []string, errs []error) {
	told := make([]ftp.Reply, len(things))
	var missing []error // nil where a file is provably gone
	err := b.do(ctx, "emptying the trash", func(ctx context.Context, s *ftp.Session) (err error) {
		var batch ftp.Batch
		for i, t := range things {
			if t.Entry.IsFile() && told[i].Code == 0 {
				batch.Expect("DELE "+b.at(t), &told[i])
			}
		}
		if err := batch.Run(ctx, s); err != nil {
			return err
		}
		doubtful := make([]place, len(things))
		for i, t := range things {
			if t.Entry.IsFile() && !told[i].OK() {
				doubtful[i] = names.Split(b.at(t))
			}
		}
		missing, err = b.missing(ctx, s, doubtful)
		return err
	})
	for i, t := range things {
		switch {
		case t.Entry.IsDir():
			dirs = append(dirs, pathBelowRoot(t))
			continue
		case told[i].OK():
			freed += t.Entry.Size
		case missing != nil && missing[i] != nil:
			errs = append(errs, fmt.Errorf("removing %s from the trash: %w", t.ID, ftp.ReplyError("DELE", b.at(t), told[i])))
			continue
		}
		dirs = append(dirs, path.Dir(pathBelowRoot(t)))
	}
	if err != nil {
		errs = append(errs, fmt.Errorf("emptying the trash: %w", err))
	}
	return freed, dirs, errs
}

// removeEmptyDirs removes directories of the trash, given below the root, and
// those above them in it, that hold nothing. A trash that is no longer used goes as well:
// each machine, and each that lost its memory, begins one of its own. Failures are not reported: the next listing of the trash shows what is
// left.
//
// A server whose RMD removes a directory with its content is asked only for directories
// that a listing shows to be empty, and that are old enough for nobody to be putting
// something there.
func (b *bin) removeEmptyDirs(ctx context.Context, dirs []string) {
	used := b.ownDir() + "/" + b.trash.dirs.ownName()
	all := make(map[string]bool)
	var order []string
	for _, at := range dirs {
		for ; strings.Contains(at, "/") && at != used && !all[at]; at = path.Dir(at) {
			all[at] = true
			order = append(order, at)
		}
	}
	if len(order) == 0 {
		return
	}
	slices.SortFunc(order, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	b.trash.dirs.forget()
	recursive, err := b.removesTrees(ctx)
	if err != nil {
		return
	}
	if recursive {
		for _, at := range order {
			if b.removeOldEmpty(ctx, at) != nil {
				return
			}
		}
		return
	}
	for group := range slices.Chunk(order, discardAtOnce) {
		err := b.do(ctx, "removing empty directories", func(ctx context.Context, s *ftp.Session) error {
			return b.rmd(ctx, s, group...)
		})
		if err != nil {
			return
		}
	}
}

// rmd sends RMD for directories of the trash, whatever the replies.
func (b *bin) rmd(ctx context.Context, s *ftp.Session, dirs ...string) error {
	var batch ftp.Batch
	b.returnToRoot(&batch)
	for _, at := range dirs {
		batch.Add("RMD "+b.names.Root+"/"+at, nil)
	}
	return batch.Run(ctx, s)
}

// trashRests is the age at which nobody puts anything into a stamp directory any more:
// no pass lasts for a day after it has chosen one.
const trashRests = 24 * time.Hour

// removeOldEmpty removes a directory of the trash that a fresh listing shows to be
// empty, on a server that would remove its content as well.
func (b *bin) removeOldEmpty(ctx context.Context, at string) error {
	parts := strings.SplitN(at, "/", 4)
	when, _, ok := trashbin.ParseStamp(parts[min(2, len(parts)-1)])
	if !ok || time.Since(when) < trashRests {
		return nil
	}
	return b.do(ctx, "removing an empty directory", func(ctx context.Context, s *ftp.Session) error {
		l, err := b.lister.List(ctx, s, b.names.Root+"/"+at)
		switch {
		case err != nil && (s.Dead() || ctx.Err() != nil):
			return err
		case err != nil || len(l.Entries) > 0 || len(l.Refused) > 0:
			return nil
		}
		return b.rmd(ctx, s, at)
	})
}
