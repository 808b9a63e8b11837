package lock

import (
	"context"
	"strings"
	"time"

	"ferry/internal/ftp"
)

// release removes the own lock, and ferry's own directory where that is empty then. It
// is not tried again: the lock may be somebody else's by then.
func (l *Lock) release(ctx context.Context) error {
	var own ftp.Reply
	err := l.pool.Once(ctx, func(ctx context.Context, s *ftp.Session) (err error) {
		own, err = l.remove(ctx, s, l.dir(), "lock", nil)
		return err
	})
	if f := l.opts.Features; err == nil && f != nil && !f.Has(ftp.ShowsChangesAtOnce) {
		err = l.removeLate(ctx)
	}
	if err == nil && !own.OK() && l.opts.Sweeps() {
		l.sweep(ctx)
	}
	return err
}

// removeLate removes what is left of the own lock on a server that shows a sign of life only
// after the lock should be gone. What another owner holds by then has a directory in it.
func (l *Lock) removeLate(ctx context.Context) error {
	if err := ftp.Sleep(ctx, l.times.late); err != nil {
		return err
	}
	return l.pool.Once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var inside ftp.Reply
		var b ftp.Batch
		b.Expect("CWD "+l.own("lock"), &inside)
		l.returnToRoot(&b)
		if err := b.Run(ctx, s); err != nil || !inside.OK() {
			return err
		}
		b = ftp.Batch{}
		b.Add("DELE "+l.own("lock/beat"), nil)
		b.Add("RMD "+l.own("lock"), nil)
		return b.Run(ctx, s)
	})
}

// breakLock takes away a lock in dir whose holder is gone. The rename lets only one of several
// do it.
func (l *Lock) breakLock(ctx context.Context, dir, token string) error {
	name := "lock-" + token
	moved := false
	err := l.pool.Once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var from, to ftp.Reply
		var b ftp.Batch
		b.Expect("RNFR "+l.in(dir, "lock"), &from)
		b.Expect("RNTO "+l.in(dir, name), &to)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if moved = from.Code == 350 && to.OK(); !moved {
			s.GiveUp() // a rename that was refused may still be pending
		}
		return nil
	})
	if err != nil || !moved {
		return err
	}
	return l.removeBroken(ctx, dir, name)
}

// removeBroken removes a lock that was taken away. It is nobody's, so that may be tried
// again.
func (l *Lock) removeBroken(ctx context.Context, dir, name string) error {
	return l.pool.Do(ctx, "removing a broken lock", func(ctx context.Context, s *ftp.Session) error {
		dirs, err := l.opts.Dirs(ctx, s, l.in(dir, name))
		if err == nil {
			_, err = l.remove(ctx, s, dir, name, dirs)
		}
		return err
	})
}

// remove removes a lock in dir with what this owner put into it and the directories among
// others, and ferry's own directory where that is empty then. own is the reply about the
// latter.
func (l *Lock) remove(ctx context.Context, s *ftp.Session, dir, name string, others []Dir) (own ftp.Reply, err error) {
	var b ftp.Batch
	l.queueRemove(&b, s.Features(), dir, name, others, nil, func(r ftp.Reply) { own = r })
	err = b.Run(ctx, s)
	return own, err
}

// queueRemove adds to b the commands of remove. removed is called with the reply about the lock,
// and own with the one about ferry's own directory; either may be nil.
func (l *Lock) queueRemove(b *ftp.Batch, f *ftp.Features, dir, name string, others []Dir, removed, own func(ftp.Reply)) {
	lock := l.in(dir, name)
	l.returnToRoot(b)
	b.Add("DELE "+lock+"/beat", nil)
	b.Add("RMD "+lock+"/"+l.Mark(), nil)
	for _, one := range others {
		b.Add("RMD "+lock+"/"+one.Name, nil)
	}
	b.Add("RMD "+lock, removed)
	if refuses, known := f.Known(ftp.RefusesNonEmptyRMD); known && refuses {
		b.Add("RMD "+l.in(dir, ""), own)
	}
}

// sweep removes what a lost connection left while a lock was made or broken: directories
// beside the lock that have stood still for long. Failures are only logged.
func (l *Lock) sweep(ctx context.Context) {
	var left []string
	own := l.dir()
	err := l.pool.Once(ctx, func(ctx context.Context, s *ftp.Session) error {
		dirs, err := l.opts.Dirs(ctx, s, l.in(own, ""))
		if err != nil {
			return err
		}
		for _, one := range dirs {
			if strings.HasPrefix(one.Name, "lock-") && l.opts.Temps.StoodStill(own+"/"+one.Name, one.Entry, time.Now()) {
				left = append(left, one.Name)
			}
		}
		return nil
	})
	for _, name := range left {
		if err == nil {
			err = l.removeBroken(ctx, own, name)
			l.opts.Temps.Gone(own + "/" + name)
		}
	}
	l.opts.Temps.Save()
	if err != nil {
		l.opts.Log.Debug("old locks not swept", "because", err)
	}
}
