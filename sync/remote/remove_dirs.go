package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
)

// applyDirs removes directories in their order. A server that is known to refuse RMD of
// a directory that holds something gets all in one batch. What it did not remove is
// looked at one by one.
func (rm *remover) applyDirs(ctx context.Context, steps []sync.Step, outs []sync.Outcome) {
	told := make([]ftp.Reply, len(steps))
	if rm.refusesNonEmpty() && len(steps) > 1 {
		rm.leaveListedDirs(ctx)
		var b ftp.Batch
		rm.returnToRoot(&b)
		for i, step := range steps {
			at := rm.names.At(step.Path, manifest.Entry{})
			if step.Path != manifest.Root && at.Check() == nil && !rm.listed.IsSpecial(at) {
				b.Expect("RMD "+at.String(), &told[i])
			}
		}
		if err := rm.once(ctx, b.Run); err != nil {
			rm.opts.Log.Info("directories are looked at one by one", "because", err)
		}
	}
	for i, step := range steps {
		if told[i].OK() {
			if outs[i].Err = rm.believeRemoval(ctx, rm.names.At(step.Path, manifest.Entry{}), told[i]); outs[i].Err == nil {
				rm.forgetDir(step.Path)
			}
			continue
		}
		if outs[i].Err = context.Cause(ctx); outs[i].Err == nil {
			outs[i].Err = rm.removeDir(ctx, step.Path)
		}
	}
}

// believeRemoval is checkRemoval on any session, until the server was once seen to remove
// a directory.
func (rm *remover) believeRemoval(ctx context.Context, at place, told ftp.Reply) error {
	if rm.keeps(ftp.RemovesDirs) {
		return nil
	}
	return rm.do(ctx, "looking after a removal", func(ctx context.Context, s *ftp.Session) error {
		return rm.checkRemoval(ctx, s, at, told)
	})
}

// checkRemoval makes sure that the directory at a place is gone, as the reply to RMD says.
func (rm *remover) checkRemoval(ctx context.Context, s *ftp.Session, at place, told ftp.Reply) error {
	missing, err := rm.missing(ctx, s, []place{at})
	if err != nil {
		return err
	}
	gone := missing[0] == nil
	if !gone {
		if gone, err = rm.isDirGone(ctx, s, at); err != nil {
			return err
		}
	}
	if !gone {
		gone = rm.showsLater(ctx, LookAgain, func(ctx context.Context) bool {
			gone, err := rm.isDirGone(ctx, s, at)
			return gone && err == nil
		})
	}
	rm.features.Observe(ftp.RemovesDirs, gone)
	if !gone {
		return ftp.DidNothing("RMD", at.String(), told)
	}
	return nil
}

// forgetDir forgets what was known of a directory that was removed.
func (rm *remover) forgetDir(p manifest.Path) {
	at := rm.names.At(p, manifest.Entry{})
	rm.temps.Forget(at.String())
	rm.late.removed.Store(at, nil)
	rm.names.Set(p, p.Base())
}

// removeDir removes a directory that a fresh listing shows to be empty, or to hold only
// what ferry itself left in it.
func (rm *remover) removeDir(ctx context.Context, p manifest.Path) error {
	at := rm.names.At(p, manifest.Entry{})
	if p == manifest.Root {
		return fmt.Errorf("the root: %w", sync.ErrUnsupported)
	}
	if err := at.Check(); err != nil {
		return err
	}
	if rm.listed.IsSpecial(at) {
		return fmt.Errorf("a special file is there: %w", sync.ErrChanged)
	}
	rm.leaveListedDirs(ctx)
	if done, err := rm.putDirInTrash(ctx, at); done || err != nil {
		return err
	}
	err := rm.do(ctx, "removing a directory", func(ctx context.Context, s *ftp.Session) error {
		gone, err := rm.clean(ctx, s, at)
		if gone || err != nil {
			return err
		}
		var told ftp.Reply
		var b ftp.Batch
		rm.returnToRoot(&b)
		b.Expect("RMD "+at.String(), &told)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if told.OK() && rm.keeps(ftp.RemovesDirs) {
			return nil
		}
		if told.OK() {
			return rm.checkRemoval(ctx, s, at, told)
		}
		if gone, err := rm.isDirGone(ctx, s, at); gone || err != nil {
			return err
		}
		return s.Require("RMD", at.String(), told)
	})
	if err == nil {
		rm.forgetDir(p)
	}
	return err
}

// putDirInTrash renames an empty directory into the trash, on a server whose RMD would
// remove what comes into it meanwhile. done means that the directory is not in its
// place any more.
func (rm *remover) putDirInTrash(ctx context.Context, at place) (done bool, err error) {
	if rm.refusesNonEmpty() {
		return false, nil
	}
	gone := false
	err = rm.do(ctx, "looking before a removal", func(ctx context.Context, s *ftp.Session) (err error) {
		gone, err = rm.clean(ctx, s, at)
		return err
	})
	if gone || err != nil {
		return gone, err
	}
	recursive, err := rm.removesTrees(ctx)
	if err != nil || !recursive {
		return false, err
	}
	_, errs := rm.trash.put(ctx, []place{at}, []manifest.Entry{{Kind: manifest.Dir}})
	return true, errs[0]
}

// clean removes ferry's abandoned temporaries from a directory. It fails where anything
// else is in it. What was just removed may show a little longer.
func (rm *remover) clean(ctx context.Context, s *ftp.Session, at place) (gone bool, err error) {
	gone, err = rm.cleanNow(ctx, s, at)
	if rm.late.stillShows(at, err) {
		rm.showsLater(ctx, LookAgain[:looksAfterRefusal], func(ctx context.Context) bool {
			gone, err = rm.cleanNow(ctx, s, at)
			return !rm.late.stillShows(at, err)
		})
	}
	return gone, err
}

func (rm *remover) cleanNow(ctx context.Context, s *ftp.Session, at place) (gone bool, err error) {
	l, err := list.OrEmpty(rm.lister.List(ctx, s, at.String()))
	if err != nil {
		if s.Dead() || ctx.Err() != nil {
			return false, err
		}
		if gone, why := rm.isDirGone(ctx, s, at); gone || why != nil {
			return gone, why
		}
		return false, err
	}
	if len(l.Refused) > 0 {
		return false, notEmpty(l.Refused[0].Name)
	}
	var b ftp.Batch
	for _, one := range l.Entries {
		if !rm.temps.IsAbandoned(place{Dir: at.String(), Name: one.Name}, one.Entry) {
			return false, notEmpty(one.Name)
		}
		b.Add("DELE "+at.String()+"/"+one.Name, nil)
	}
	return false, b.Run(ctx, s)
}

// A notEmpty says that a directory cannot be removed for the sake of a name in it.
type notEmpty string

func (name notEmpty) Error() string {
	return fmt.Sprintf("the directory is not empty: %q is in it", string(name))
}

// isDirGone reports whether nothing is at a place any more. Where something else than a
// directory is there, the error wraps [sync.ErrChanged].
func (rm *remover) isDirGone(ctx context.Context, s *ftp.Session, at place) (bool, error) {
	seen, missing, err := rm.statOrMissing(ctx, s, []place{at})
	if err != nil {
		return false, err
	}
	if e := seen[0].entry; e.Exists() && !e.IsDir() {
		return false, fmt.Errorf("a %v is there: %w", e.Kind, sync.ErrChanged)
	}
	return missing[0] == nil, nil
}
