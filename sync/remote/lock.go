package remote

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// Times of a lock.
const (
	lockBeat  = 10 * time.Second // how often a holder writes that it is alive
	lockWatch = 2 * time.Second  // how often one that waits looks
	// lockStale is how long a lock must stand still under the eyes of one that
	// waits before it is broken. No clock of another machine comes into it.
	lockStale = 40 * time.Second
	// lockRelease is the longest that a pass that is over waits for its lock to go.
	lockRelease = 5 * time.Second
)

// lockTimes are the times of a lock, which tests shorten.
type lockTimes struct{ beat, watch, stale, release time.Duration }

// A holder is what stands in the file that says whose lock it is.
type holder struct {
	Owner string `json:"owner"` // machine and state directory
	Host  string `json:"host"`  // for people
	Token string `json:"token"` // of this one lock
	Beat  int    `json:"beat"`
	Since string `json:"since"`
}

var _ sync.Locker = (*Directory)(nil)

// Lock makes the directory .ferry/lock on the server, which only one can do, and
// writes into it who did, again and again until the lock is released. A lock of
// this same owner is what a killed run left: its state directory is locked by
// this process now. The lock of somebody else is watched; it is broken when it
// stands still.
func (d *Directory) Lock(ctx context.Context) (release func(), err error) {
	if d.opts.Owner == "" {
		return nil, fmt.Errorf("nobody to lock for: %w", sync.ErrUnsupported)
	}
	me := holder{Owner: d.opts.Owner, Host: d.opts.OwnerHost, Token: rand.Text()[:12], Since: time.Now().UTC().Format(time.RFC3339)}
	var seen holder
	var still time.Time // since when seen has not changed
	for {
		made, err := d.makeLock(ctx)
		if err != nil {
			return nil, err
		}
		if made {
			break
		}
		now, err := d.readHolder(ctx)
		if err != nil {
			return nil, err
		}
		switch {
		case now.Owner == me.Owner, now == seen && !still.IsZero() && time.Since(still) > d.lockTimes.stale:
			if err := d.breakLock(ctx, me.Token); err != nil {
				return nil, err
			}
			continue
		case now != seen && !still.IsZero() && !d.opts.WaitLock:
			return nil, heldBy(now)
		case now != seen || still.IsZero():
			seen, still = now, time.Now()
		}
		if err := wait(ctx, d.lockTimes.watch); err != nil {
			return nil, err
		}
	}
	if err := d.writeHolder(ctx, me); err != nil {
		return nil, errors.Join(err, d.dropLock(ctx, "lock"))
	}
	return d.keepLock(ctx, me), nil
}

func heldBy(h holder) error {
	return fmt.Errorf("%w: %s, since %s", sync.ErrHeld, printable(h.Host), printable(h.Since))
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
		for wait(beats, d.lockTimes.beat) == nil {
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

func (d *Directory) lockDir(name string) string {
	return d.names.root + "/" + manifest.Own + "/" + name
}

// makeLock makes the lock's directory and reports whether it was this call that
// made it.
func (d *Directory) makeLock(ctx context.Context) (bool, error) {
	made := false
	err := d.pool.once(ctx, func(ctx context.Context, s *session) error {
		var made257, inside reply
		var b script
		b.add("MKD "+d.names.root+"/"+manifest.Own, nil)
		b.note("MKD "+d.lockDir("lock"), &made257)
		b.note("CWD "+d.lockDir("lock"), &inside)
		b.add("CWD "+d.names.dir(manifest.Root), nil)
		if err := b.run(ctx, s); err != nil {
			return err
		}
		if made257.ok() {
			made = true
			return nil
		}
		if !inside.ok() {
			return fmt.Errorf("making %s: server says %d %s: %w", d.lockDir("lock"), made257.code, printable(made257.text), sync.ErrUnsupported)
		}
		return nil
	})
	return made, err
}

func (d *Directory) writeHolder(ctx context.Context, h holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return d.pool.do(ctx, "writing a lock", func(ctx context.Context, s *session) error {
		_, _, err := s.stor(ctx, d.lockDir("lock")+"/owner", 0, bytes.NewReader(text))
		return err
	})
}

// readHolder returns who holds the lock, the zero holder where that cannot be
// read (yet, or any more).
func (d *Directory) readHolder(ctx context.Context) (h holder, err error) {
	err = d.pool.do(ctx, "reading a lock", func(ctx context.Context, s *session) error {
		in, err := s.retr(ctx, d.lockDir("lock")+"/owner", 0)
		if err != nil {
			if class, is := ClassOf(err); is && class == File {
				return nil
			}
			return err
		}
		text, err := io.ReadAll(io.LimitReader(in, 4096))
		if err != nil {
			in.abort()
			return err
		}
		if _, err := in.finish(); err != nil {
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
	err := d.pool.once(ctx, func(ctx context.Context, s *session) error {
		var from, to reply
		var b script
		b.note("RNFR "+d.lockDir("lock"), &from)
		b.note("RNTO "+d.lockDir(name), &to)
		if err := b.run(ctx, s); err != nil {
			return err
		}
		moved = from.code == 350 && to.ok()
		if !moved {
			s.markDead() // a rename that was refused may still be pending
		}
		return nil
	})
	if err != nil || !moved {
		return err
	}
	return d.dropLock(ctx, name)
}

// dropLock removes a lock, and ferry's own directory where that is empty then.
func (d *Directory) dropLock(ctx context.Context, name string) error {
	return d.pool.once(ctx, func(ctx context.Context, s *session) error {
		var b script
		b.add("CWD "+d.names.dir(manifest.Root), nil)
		b.add("DELE "+d.lockDir(name)+"/owner", nil)
		b.add("RMD "+d.lockDir(name), nil)
		if safe, known := d.removesEmptyOnly(); known && safe {
			b.add("RMD "+d.names.root+"/"+manifest.Own, nil)
		}
		return b.run(ctx, s)
	})
}
