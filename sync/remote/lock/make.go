package lock

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// An attempt says what became of an attempt to take the lock.
type attempt struct {
	made bool
	ours bool   // this owner has the lock already
	dir  string // the name of ferry's own directory that holds the lock
	// late says that the lock was not there yet when what a [Runner] sent behind it was done.
	late bool
}

// make tries to take the lock, in the other directory of ferry's own where the server
// refuses the one that it is known to take. Where [manifest.Own] is there, the dot is not what
// it refuses: what ferry remembers is in that directory, and the lock belongs there.
func (l *Lock) make(ctx context.Context, token string, run Runner) (attempt, error) {
	dir := l.dir()
	got, err := l.makeIn(ctx, dir, token, run)
	if l.opts.Dir != "" || l.opts.Features == nil || !errors.Is(err, sync.ErrUnsupported) {
		if err == nil && got.made && dir == manifest.Own && l.opts.Features != nil {
			l.opts.Features.Observe(ftp.KeepsDotDirs, true)
		}
		return got, err
	}
	if dir == manifest.Own {
		there := false
		unknown := l.pool.Do(ctx, "looking for ferry's own directory", func(ctx context.Context, s *ftp.Session) (err error) {
			there, err = l.hasOwnDir(ctx, s)
			return err
		})
		switch {
		case there:
			return got, l.notWritable(err)
		case unknown != nil:
			return got, err
		}
	}
	other, otherErr := l.makeIn(ctx, otherDir(dir), token, nil)
	if otherErr != nil {
		return got, err
	}
	other.late = true
	if other.made {
		l.opts.Features.Observe(ftp.KeepsDotDirs, dir != manifest.Own)
	}
	return other, nil
}

// mostRaces is how often somebody may release the lock between a rename to it and the look
// at it.
const mostRaces = 3

// makeIn tries to take the lock in dir. An error that wraps [sync.ErrUnsupported] means that
// the server does not allow that.
func (l *Lock) makeIn(ctx context.Context, dir, token string, run Runner) (got attempt, err error) {
	for race := 1; ; race++ {
		var refused error
		got, refused, err = l.makeOnce(ctx, dir, token, race == mostRaces, run)
		got.late = got.late || race > 1
		if err != nil || refused == nil {
			return got, err
		}
		run = nil
		if race == mostRaces {
			return got, refused
		}
	}
}

// makeOnce makes the lock under another name, with its owner in it, and renames it: no
// server renames a directory over one that holds something. refused is why the server did
// not rename, although nobody seems to have the lock. With patient set that is looked at
// for some time, because there are servers that carry out later what they have refused.
func (l *Lock) makeOnce(ctx context.Context, dir, token string, patient bool, run Runner) (got attempt, refused, err error) {
	lock, fresh, owner := l.in(dir, "lock"), l.in(dir, "lock-"+token), "/"+l.Mark()
	got.dir = dir
	err = l.pool.Once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var told, from, to ftp.Reply
		var elsewhere answer
		var b ftp.Batch
		asksElsewhere := l.mayBeHeldInOther(dir)
		b.Add("MKD "+l.in(dir, ""), nil)
		b.Expect("MKD "+fresh, &told)
		b.Add("MKD "+fresh+owner, nil)
		b.Expect("RNFR "+fresh, &from)
		b.Expect("RNTO "+lock, &to)
		if asksElsewhere {
			b.Expect("CWD "+l.in(otherDir(dir), "lock"), &elsewhere.lock)
			b.Expect("CWD "+l.in(otherDir(dir), "lock"+owner), &elsewhere.own)
		}
		sure := true
		var err error
		if run == nil || asksElsewhere {
			err = b.Run(ctx, s)
		} else if sure, err = run(ctx, s, b); err == nil && !sure {
			there, err := l.lookAfterRefusal(ctx, s, lock, fresh)
			// Only RNFR is answered with 350, so what comes next is the reply to RNTO.
			got.made, got.late = there.isDone(), from.Code != 350 || !to.OK()
			if err != nil || got.made {
				return err
			}
		}
		if err != nil {
			return err
		}
		got.made = sure && from.Code == 350 && to.OK()
		if elsewhere.lock.OK() {
			name := "lock-" + token
			if got.made {
				name = "lock"
			}
			got = attempt{ours: elsewhere.own.OK(), dir: otherDir(dir)}
			_, err := l.remove(ctx, s, dir, name, nil)
			return err
		}
		if got.made {
			return nil
		}
		if !told.OK() {
			return cannotLock(fresh, told)
		}
		defer s.GiveUp() // a rename that was refused may still be pending
		there, err := l.lookAfterRefusal(ctx, s, lock, fresh)
		patient = patient && !(to.Code/100 == 5 && l.keepsRefusals())
		for looks := 0; err == nil && patient && there.isUndone() && looks < mostRaces; looks++ {
			if err = ftp.Sleep(ctx, l.times.late); err == nil {
				there, err = l.lookAfterRefusal(ctx, s, lock, fresh)
			}
		}
		if err != nil {
			return err
		}
		if got.made, got.late = there.isDone(), true; got.made {
			return nil
		}
		b = ftp.Batch{}
		b.Add("RMD "+fresh+owner, nil)
		b.Add("RMD "+fresh, nil)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		got.ours = there.own.OK()
		switch {
		case there.lock.OK():
		case from.Code != 350:
			return cannotLock(lock, from)
		default:
			refused = cannotLock(lock, to)
		}
		return nil
	})
	return got, refused, err
}

// keepsRefusals reports whether the server is known not to do later what it has refused.
func (l *Lock) keepsRefusals() bool {
	return l.opts.Features != nil && l.opts.Features.Proven(ftp.KeepsRefusals)
}

// A refusal is what is there after a rename to the lock was refused, as CWD tells: the lock,
// what this owner puts into it, and the directory that was to be renamed.
type refusal struct{ lock, own, fresh ftp.Reply }

// isUndone reports whether nobody has the lock, and nothing was renamed.
func (r refusal) isUndone() bool { return !r.lock.OK() && r.fresh.OK() }

// isDone reports whether the lock was renamed to its place.
func (r refusal) isDone() bool { return r.own.OK() && !r.fresh.OK() }

func (l *Lock) lookAfterRefusal(ctx context.Context, s *ftp.Session, lock, fresh string) (seen refusal, err error) {
	var b ftp.Batch
	b.Expect("CWD "+lock, &seen.lock)
	b.Expect("CWD "+lock+"/"+l.Mark(), &seen.own)
	b.Expect("CWD "+fresh, &seen.fresh)
	l.returnToRoot(&b)
	return seen, b.Run(ctx, s)
}

func cannotLock(dir string, r ftp.Reply) error {
	return fmt.Errorf("making %s: server says %d %s: %w", dir, r.Code, ftp.Printable(r.Text), sync.ErrUnsupported)
}
