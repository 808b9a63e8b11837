package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/sync"
)

// Times of a lock.
const (
	lockFirst = time.Second      // before a holder says who it is: most passes are over by then
	lockBeat  = 10 * time.Second // how often a holder writes that it is alive
	lockWatch = 2 * time.Second  // how often one that waits looks
	// lockStale is how long a lock must stand still under the eyes of one that
	// waits before it is broken. No clock of another machine comes into it.
	lockStale = 40 * time.Second
	// lockRelease is the longest that a pass that is over waits for its lock to go.
	lockRelease = 5 * time.Second
)

// lockTimes are the times of a lock, which tests shorten.
type lockTimes struct{ first, beat, watch, stale, release time.Duration }

// sweepOneIn is how seldom a pass looks for what broken locks have left where
// ferry's own directory holds something.
const sweepOneIn = 16

// A holder is what stands in the file that says whose lock it is.
type holder struct {
	Host  string `json:"host"`  // for people
	Token string `json:"token"` // of this one lock
	Beat  int    `json:"beat"`
	Since string `json:"since"`
}

var _ sync.Locker = (*Directory)(nil)

// Lock puts the directory .ferry/lock on the server, which only one can do, and
// after a second writes into it that its holder is alive, again and again until
// it is released.
// A directory in it is called after the owner, so that a lock that a killed run
// of this same owner left is known at once: the owner's state directory is locked
// by this process now. The lock of somebody else is watched; it is broken when it
// stands still.
func (d *Directory) Lock(ctx context.Context) (release func(), err error) {
	if d.opts.Owner == "" {
		return nil, fmt.Errorf("nobody to lock for: %w", sync.ErrUnsupported)
	}
	me := holder{Host: d.opts.OwnerHost, Token: rand.Text()[:12], Since: time.Now().UTC().Format(time.RFC3339)}
	var seen holder
	var still time.Time // since when seen has not changed
	for {
		made, ours, err := d.makeLock(ctx, me.Token)
		if err != nil {
			return nil, err
		}
		if made {
			break
		}
		var now holder
		if !ours {
			if now, err = d.readHolder(ctx); err != nil {
				return nil, err
			}
		}
		switch {
		case ours, now == seen && !still.IsZero() && time.Since(still) > d.lockTimes.stale:
			if err := d.breakLock(ctx, me.Token); err != nil {
				return nil, err
			}
			continue
		case now != seen && !still.IsZero() && !d.opts.WaitLock:
			if now == (holder{}) { // it is being written
				now = seen
			}
			return nil, heldBy(now)
		case now != seen || still.IsZero():
			seen, still = now, time.Now()
		}
		if err := wait(ctx, d.lockTimes.watch); err != nil {
			return nil, err
		}
	}
	return d.keepLock(ctx, me), nil
}

func heldBy(h holder) error {
	return fmt.Errorf("%w: %s, since %s", sync.ErrHeld, ftp.Printable(h.Host), ftp.Printable(h.Since))
}

// wait waits for a while, or until the context ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keepLock writes the beats of a lock until it is released.
func (d *Directory) keepLock(ctx context.Context, me holder) (release func()) {
	beats, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause := d.lockTimes.first; wait(beats, pause) == nil; pause = d.lockTimes.beat {
			me.Beat++
			if err := d.writeHolder(beats, me); err != nil {
				d.opts.Log.Debug("lock not renewed", "because", err)
			}
		}
	}()
	return func() {
		stop()
		<-done
		limit := d.lockTimes.release
		if ctx.Err() != nil {
			limit = min(limit, time.Second) // somebody waits for the program to end
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		if err := d.dropLock(last, "lock"); err != nil {
			d.opts.Log.Info("lock not released", "because", err)
		}
	}
}

// makeLock tries to take the lock. It is made beside, with its owner in it, and
// renamed into place: no server renames a directory over one that holds
// something. Where somebody has the lock, ours says whether that is this owner.
func (d *Directory) makeLock(ctx context.Context, token string) (made, ours bool, err error) {
	beside := d.own("lock-" + token)
	err = d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var told, from, to, inside, own ftp.Reply
		var b ftp.Batch
		b.Add("MKD "+d.own(""), nil)
		b.Expect("MKD "+beside, &told)
		b.Add("MKD "+beside+"/"+d.opts.Owner, nil)
		b.Expect("RNFR "+beside, &from)
		b.Expect("RNTO "+d.own("lock"), &to)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if made = from.Code == 350 && to.OK(); made {
			return nil
		}
		if !told.OK() {
			return fmt.Errorf("making %s: server says %d %s: %w", beside, told.Code, ftp.Printable(told.Text), sync.ErrUnsupported)
		}
		b = ftp.Batch{}
		b.Add("RMD "+beside+"/"+d.opts.Owner, nil)
		b.Add("RMD "+beside, nil)
		b.Expect("CWD "+d.own("lock"), &inside)
		b.Expect("CWD "+d.own("lock")+"/"+d.opts.Owner, &own)
		d.returnToRoot(&b)
		err := b.Run(ctx, s)
		s.GiveUp() // a rename that was refused may still be pending
		switch {
		case err != nil:
			return err
		case !inside.OK() && from.Code != 350:
			return fmt.Errorf("making %s: server says %d %s: %w", d.own("lock"), from.Code, ftp.Printable(from.Text), sync.ErrUnsupported)
		}
		ours = own.OK()
		return nil
	})
	return made, ours, err
}

func (d *Directory) writeHolder(ctx context.Context, h holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return d.do(ctx, "writing a lock", func(ctx context.Context, s *ftp.Session) error {
		_, _, err := s.Store(ctx, d.own("lock")+"/beat", 0, bytes.NewReader(text))
		return err
	})
}

// readHolder returns who holds the lock, the zero holder where that cannot be
// read (yet, or any more).
func (d *Directory) readHolder(ctx context.Context) (h holder, err error) {
	err = d.do(ctx, "reading a lock", func(ctx context.Context, s *ftp.Session) error {
		in, err := s.Retrieve(ctx, d.own("lock")+"/beat", 0)
		if err != nil {
			if class, is := ftp.ClassOf(err); is && class == ftp.File {
				return nil
			}
			return err
		}
		text, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil {
			in.Abort()
			return err
		}
		if _, err := in.Finish(); err != nil {
			return err
		}
		if json.Unmarshal(text, &h) != nil {
			h = holder{Token: strings.ToValidUTF8(string(text), "?")}
		}
		return nil
	})
	return h, err
}

// breakLock takes a lock away whose holder is gone. The rename lets only one of
// several do it.
func (d *Directory) breakLock(ctx context.Context, token string) error {
	name := "lock-" + token
	moved := false
	err := d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		var from, to ftp.Reply
		var b ftp.Batch
		b.Expect("RNFR "+d.own("lock"), &from)
		b.Expect("RNTO "+d.own(name), &to)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		moved = from.Code == 350 && to.OK()
		if !moved {
			s.GiveUp() // a rename that was refused may still be pending
		}
		return nil
	})
	if err != nil || !moved {
		return err
	}
	return d.dropLock(ctx, name)
}

// dropLock removes a lock with all that holders put into it, and ferry's own
// directory where that is empty then. One that was taken away is nobody's, and
// removing it may be tried again; the lock itself may be somebody else's by then.
func (d *Directory) dropLock(ctx context.Context, name string) error {
	try := d.once
	if name != "lock" {
		try = func(ctx context.Context, f func(context.Context, *ftp.Session) error) error {
			return d.do(ctx, "removing a broken lock", f)
		}
	}
	var own ftp.Reply
	err := try(ctx, func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		d.returnToRoot(&b)
		b.Add("DELE "+d.own(name)+"/beat", nil)
		b.Add("RMD "+d.own(name)+"/"+d.opts.Owner, nil)
		if name != "lock" { // somebody else's
			l, err := d.list(ctx, s, d.own(name))
			if err != nil {
				return err
			}
			for _, one := range l.entries {
				if one.entry.IsDir() {
					b.Add("RMD "+d.own(name)+"/"+one.name, nil)
				}
			}
		}
		b.Add("RMD "+d.own(name), nil)
		if d.refusesNonEmpty() {
			b.Expect("RMD "+d.own(""), &own)
		}
		return b.Run(ctx, s)
	})
	if err == nil && name == "lock" && !own.OK() && d.sweepTurn() {
		d.sweepLocks(ctx)
	}
	return err
}

// sweepLocks removes what is left of locks that were taken away or never came
// into place, because a connection was lost at that moment: directories beside
// the lock that are older than a day. It is tried, and no more.
func (d *Directory) sweepLocks(ctx context.Context) {
	var left []string
	err := d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		l, err := d.list(ctx, s, d.own(""))
		if err != nil {
			return err
		}
		for _, one := range l.entries {
			if strings.HasPrefix(one.name, "lock-") && one.entry.IsDir() && isOld(one.entry, time.Now()) {
				left = append(left, one.name)
			}
		}
		return nil
	})
	for _, name := range left {
		if err == nil {
			err = d.dropLock(ctx, name)
		}
	}
	if err != nil {
		d.opts.Log.Debug("old locks not swept", "because", err)
	}
}
