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
	"ferry/manifest"
	"ferry/sync"
)

// discardMany is how many things are removed from the trash in one batch.
const discardMany = 500

// Discard implements [sync.Bin].
func (d *Directory) Discard(ctx context.Context, things []sync.Trashed) (freed int64, err error) {
	var errs []error
	var fine []sync.Trashed
	for _, t := range things {
		if _, _, err := t.Inside(); err != nil || ftp.CheckLine(t.ID) != nil {
			errs = append(errs, errors.Join(err, ftp.CheckLine(t.ID)))
			continue
		}
		fine = append(fine, t)
	}
	var emptied []string
	for group := range slices.Chunk(fine, discardMany) {
		n, dirs, failed := d.unlink(ctx, group)
		freed, emptied, errs = freed+n, append(emptied, dirs...), append(errs, failed...)
		if ctx.Err() != nil {
			return freed, errors.Join(append(errs, context.Cause(ctx))...)
		}
	}
	d.sweepTrash(ctx, emptied)
	return freed, errors.Join(errs...)
}

// unlink removes files from the trash and returns the directories, below the
// trash, that may be empty now.
func (d *Directory) unlink(ctx context.Context, things []sync.Trashed) (freed int64, dirs []string, errs []error) {
	told := make([]ftp.Reply, len(things))
	var lost []error
	err := d.do(ctx, "emptying the trash", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		var doubtful []int
		for i, t := range things {
			if t.Entry.IsFile() && told[i].Code == 0 {
				b.Expect("DELE "+d.inTrash(t.ID), &told[i])
			}
		}
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		var places []place
		for i, t := range things {
			if t.Entry.IsFile() && !told[i].OK() {
				doubtful, places = append(doubtful, i), append(places, split(d.inTrash(t.ID)))
			}
		}
		lost = make([]error, len(things))
		answers := make([]error, len(places))
		if len(places) > 0 {
			if err := d.missing(ctx, s, places, answers); err != nil {
				return err
			}
		}
		for k, i := range doubtful {
			if answers[k] != nil {
				lost[i] = ftp.ReplyError("DELE", places[k].String(), told[i])
			}
		}
		return nil
	})
	for i, t := range things {
		switch {
		case t.Entry.IsDir():
			dirs = append(dirs, t.ID)
			continue
		case told[i].OK():
			freed += t.Entry.Size
		case lost != nil && lost[i] != nil:
			errs = append(errs, fmt.Errorf("removing %s from the trash: %w", t.ID, lost[i]))
			continue
		}
		dirs = append(dirs, path.Dir(t.ID))
	}
	if err != nil {
		errs = append(errs, fmt.Errorf("emptying the trash: %w", err))
	}
	return freed, dirs, errs
}

// sweepTrash removes directories of the trash, and those above them in it, as long
// as they hold nothing. What cannot be removed stays without a word: the next
// listing of the trash shows it.
//
// A server whose RMD removes what is in a directory as well is asked only for
// such as a listing shows to be empty, and that are old enough for nobody to be
// putting something there.
func (d *Directory) sweepTrash(ctx context.Context, dirs []string) {
	all := make(map[string]bool)
	for _, at := range dirs {
		for ; at != "." && !all[at]; at = path.Dir(at) {
			all[at] = true
		}
	}
	var order []string
	for at := range all {
		order = append(order, at)
	}
	slices.SortFunc(order, func(a, b string) int {
		return strings.Count(b, "/") - strings.Count(a, "/")
	})
	if len(order) == 0 {
		return
	}
	d.trash.doubt()
	recursive, err := d.removesTrees(ctx)
	if err != nil {
		return
	}
	if recursive {
		for _, at := range order {
			if d.removeOldEmpty(ctx, at) != nil {
				return
			}
		}
		return
	}
	for group := range slices.Chunk(order, discardMany) {
		err = d.do(ctx, "removing empty directories", func(ctx context.Context, s *ftp.Session) error {
			var b ftp.Batch
			b.Add("CWD "+d.names.dir(manifest.Root), nil)
			for _, at := range group {
				b.Add("RMD "+d.inTrash(at), nil)
			}
			return b.Run(ctx, s)
		})
		if err != nil {
			return
		}
	}
}

// trashRests is how long nothing can have been put into a directory of the trash
// whose time is so long ago: no pass takes a time for its trash and uses it a
// day later.
const trashRests = 24 * time.Hour

// removeOldEmpty removes a directory of the trash that a fresh listing shows to
// be empty, on a server that would remove what is in it as well.
func (d *Directory) removeOldEmpty(ctx context.Context, at string) error {
	stamp, _, _ := strings.Cut(at, "/")
	when, _, _ := sync.ParseTrashStamp(stamp)
	if time.Since(when) < trashRests {
		return nil
	}
	return d.do(ctx, "removing an empty directory", func(ctx context.Context, s *ftp.Session) error {
		switch l, err := d.list(ctx, s, d.inTrash(at)); {
		case err != nil && (s.Dead() || ctx.Err() != nil):
			return err
		case err != nil || len(l.entries) > 0 || len(l.refused) > 0:
			return nil // it stays
		}
		var b ftp.Batch
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
		b.Add("RMD "+d.inTrash(at), nil)
		return b.Run(ctx, s)
	})
}
