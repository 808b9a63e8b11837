package remote

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"ferry/internal/ftp"
	"ferry/sync"
)

// lockTimes are the times of a lock. Tests shorten them.
type lockTimes struct {
	first time.Duration // before a holder writes who it is: most passes are over by then
	beat  time.Duration // between two signs of life of a holder
	watch time.Duration // between two looks of one that waits
	// stale is how long a lock must stand still before one that waits breaks it. No clock
	// of another machine plays a part.
	stale   time.Duration
	release time.Duration // the longest that a pass which is over waits for its lock to go
}

// A locker holds the lock of the root, the directory .ferry/lock, for one owner.
type locker struct {
	*server
	times lockTimes
	// sweeps says whether this pass looks for what broken locks have left. It rarely does.
	sweeps func() bool
	taken  atomic.Bool // this process holds the lock
}

func newLocker(srv *server) *locker {
	return &locker{server: srv, times: lockTimes{first: time.Second, beat: 10 * time.Second, watch: 2 * time.Second, stale: 40 * time.Second, release: 5 * time.Second},
		sweeps: func() bool { return rand.N(16) == 0 }}
}

// lock implements [sync.Locker]. It makes the lock, which only one owner can do, and
// writes a sign of life into it again and again until it is released.
//
// A directory in the lock is named after the owner and the boot, so that the lock of a
// killed run is known at once: this process holds the record of the pair. Any other lock
// is watched, and broken when it stands still. waited says that somebody else's was there.
func (l *locker) lock(ctx context.Context) (release func(), waited bool, err error) {
	if l.opts.Owner == "" {
		return nil, false, fmt.Errorf("nobody to lock for: %w", sync.ErrUnsupported)
	}
	me := newHolder(l.machine())
	var seen holder
	var since time.Time // when seen was first seen
	for {
		made, ours, err := l.make(ctx, me.Token)
		if err != nil {
			return nil, waited, err
		}
		if made {
			return l.keep(ctx, me), waited, nil
		}
		waited = waited || !ours
		var now holder
		if !ours {
			if now, err = l.readHolder(ctx); err != nil {
				return nil, waited, err
			}
		}
		first := since.IsZero()
		switch {
		case ours, now == seen && !first && time.Since(since) > l.times.stale:
			if err := l.breakLock(ctx, me.Token); err != nil {
				return nil, waited, err
			}
			continue
		case now != seen && !first && !l.opts.WaitLock:
			if now == (holder{}) { // it is being written
				now = seen
			}
			return nil, waited, fmt.Errorf("%w: %v", sync.ErrHeld, now)
		case now != seen || first:
			seen, since = now, time.Now()
		}
		if err := ftp.Sleep(ctx, l.times.watch); err != nil {
			return nil, waited, err
		}
	}
}

// lockMark is the name of the directory in a lock of this owner.
func (srv *server) lockMark() string {
	if srv.opts.Boot == "" {
		return srv.opts.Owner
	}
	return srv.opts.Owner + "-" + srv.opts.Boot
}

// machine names this owner for people.
func (l *locker) machine() string {
	if l.opts.Machine != "" {
		return l.opts.Machine
	}
	return l.opts.Owner[:min(8, len(l.opts.Owner))]
}

// keep writes signs of life into the lock until it is released.
func (l *locker) keep(ctx context.Context, me holder) (release func()) {
	l.taken.Store(true)
	beats, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause := l.times.first; ftp.Sleep(beats, pause) == nil; pause = l.times.beat {
			me.Beat++
			if err := l.writeHolder(beats, me); err != nil {
				l.opts.Log.Debug("lock not renewed", "because", err)
			}
		}
	}()
	return func() {
		defer l.taken.Store(false)
		stop()
		<-done
		limit := l.times.release
		if ctx.Err() != nil {
			limit = min(limit, time.Second) // somebody waits for the program to end
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		if err := l.release(last); err != nil {
			l.opts.Log.Info("lock not released", "because", err)
		}
	}
}

// make tries to take the lock. It is made under another name, with its owner in it, and
// renamed: no server renames a directory over one that holds something. Where somebody
// has the lock, ours says whether that is this owner.
func (l *locker) make(ctx context.Context, token string) (made, ours bool, err error) {
	lock, fresh, owner := l.own("lock"), l.own("lock-"+token), "/"+l.lockMark()
	err = l.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var told, from, to, inside, own ftp.Reply
		var b ftp.Batch
		b.Add("MKD "+l.own(""), nil)
		b.Expect("MKD "+fresh, &told)
		b.Add("MKD "+fresh+owner, nil)
		b.Expect("RNFR "+fresh, &from)
		b.Expect("RNTO "+lock, &to)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if made = from.Code == 350 && to.OK(); made {
			return nil
		}
		if !told.OK() {
			return cannotLock(fresh, told)
		}
		b = ftp.Batch{}
		b.Add("RMD "+fresh+owner, nil)
		b.Add("RMD "+fresh, nil)
		b.Expect("CWD "+lock, &inside)
		b.Expect("CWD "+lock+owner, &own)
		l.returnToRoot(&b)
		err := b.Run(ctx, s)
		s.GiveUp() // a rename that was refused may still be pending
		if err == nil && !inside.OK() && from.Code != 350 {
			err = cannotLock(lock, from)
		}
		ours = own.OK()
		return err
	})
	return made, ours, err
}

func cannotLock(dir string, r ftp.Reply) error {
	return fmt.Errorf("making %s: server says %d %s: %w", dir, r.Code, ftp.Printable(r.Text), sync.ErrUnsupported)
}
