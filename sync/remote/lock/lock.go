// Package lock is the lock on an FTP server: a directory that only one of several owners can
// make. See [Lock].
package lock

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/manifest"
	"ferry/sync"
)

// times are the times of a lock. Tests shorten them.
type times struct {
	first time.Duration // before the first of them, see [FirstBeat]
	beat  time.Duration // between two signs of life of a holder
	watch time.Duration // between two looks of one that waits
	// stale is how long a lock must stand still before one that waits breaks it. No clock
	// of another machine plays a part.
	stale   time.Duration
	release time.Duration // the longest that a pass which is over waits for its lock to go
	late    time.Duration // between two looks whether a rename that was refused is carried out all the same
}

// Options say for whom a lock is taken, and how.
type Options struct {
	// Owner stands for one memory of one pair, and Boot for the machine since it was
	// started; "": that is not known. Both are in the name of a directory in the lock. If
	// Owner is empty, no lock is taken.
	Owner, Boot string
	// Dir is the absolute path of the directory that the lock stands in; "": ferry's own
	// directory in the root.
	Dir string
	// Machine names the owner for people; "": a short form of Owner does.
	Machine string
	// Wait waits for a lock that somebody else holds and keeps alive.
	Wait bool
	// WaitUntil is when waiting ends with [sync.ErrHeld]; the zero time: never.
	WaitUntil time.Time
	// Temps remembers which locks that broke off were seen, and since when; nil: nobody
	// does, and they stay.
	Temps *manifest.TempJournal
	// Dirs lists the directories in dir, an absolute path. A listing that may be incomplete
	// is an error.
	Dirs func(ctx context.Context, s *ftp.Session, dir string) ([]Dir, error)
	// Features is what the server can do; nil: nothing is known.
	Features *ftp.Features
	// PlainSeen says whether the root was seen to hold [manifest.OwnPlain]; nil: it was not.
	PlainSeen func() bool
	// Sweeps says whether a pass looks for what broken locks have left; nil: it rarely does.
	Sweeps func() bool
	Log    *slog.Logger
}

// A Dir is one directory in a listing.
type Dir struct {
	Name  string // exactly as sent
	Entry manifest.Entry
}

// A Lock is the lock of one root, as one owner sees it: the directory "lock" in ferry's own
// directory, see [OwnDir].
// Errors about the server are those of [pool.Pool].
type Lock struct {
	pool  *pool.Pool
	root  string // absolute, without a slash at the end: "" is the server's own root
	opts  Options
	times times
	held  held
}

// New returns the lock of root, an absolute path without a slash at the end; "" is the
// server's own root. It does not take the lock.
func New(pool *pool.Pool, root string, o Options) *Lock {
	if o.Sweeps == nil {
		o.Sweeps = func() bool { return rand.N(16) == 0 }
	}
	return &Lock{pool: pool, root: root, opts: o, times: times{first: FirstBeat, beat: 10 * time.Second, watch: 2 * time.Second, stale: 40 * time.Second, release: 5 * time.Second, late: time.Second}}
}

// FirstBeat is how long a lock is held before its holder writes who it is: most passes are over
// by then. A test that counts commands makes it longer.
var FirstBeat = time.Second

// mostBroken is how often a lock is taken away in vain.
const mostBroken = 5

// Take takes the lock; see [sync.Locker]. It makes the directory, which only one owner can
// do, and writes a sign of life into it again and again until it is released.
//
// A directory in the lock is named after the owner and the boot, so that the lock of a
// killed run is known at once: this process holds the record of the pair. Any other lock
// is watched, and broken when it stands still. waited says that somebody else's was there.
func (l *Lock) Take(ctx context.Context) (release func(), waited bool, err error) {
	return l.TakeWith(ctx, nil)
}

// A Runner sends b, and may send more behind it in the same write. told says that the replies to b
// can be believed. It is called once at most.
type Runner func(ctx context.Context, s *ftp.Session, b ftp.Batch) (told bool, err error)

// TakeWith is Take where run sends the commands of the first attempt, so that what is asked once
// the lock is taken costs no round trip of its own. run may be nil. Where it is not, waited also
// says that the lock was got later than that: what was asked is of the time before, and void.
func (l *Lock) TakeWith(ctx context.Context, run Runner) (release func(), waited bool, err error) {
	if l.opts.Owner == "" {
		return nil, false, fmt.Errorf("nobody to lock for: %w", sync.ErrUnsupported)
	}
	me := newHolder(l.machine())
	var seen holder
	var since time.Time // when seen was first seen
	broken, brokenIn := 0, ""
	asked := run != nil
	for {
		got, err := l.make(ctx, me.Token, run)
		if err != nil {
			if run != nil && ctx.Err() != nil {
				l.releaseInTime(ctx) // it may have been made
			}
			return nil, waited, err
		}
		if got.made {
			return l.keep(ctx, me), waited || asked && (run == nil || got.late), nil
		}
		run = nil
		ours := got.ours
		waited = waited || !ours
		var now holder
		if !ours {
			if now, err = l.readHolder(ctx, got.dir); err != nil {
				return nil, waited, err
			}
		}
		first := since.IsZero()
		switch {
		case ours, now == seen && !first && time.Since(since) > l.times.stale:
			if err := l.breakLock(ctx, got.dir, me.Token); err != nil {
				return nil, waited, err
			}
			if broken++; broken == mostBroken {
				return nil, waited, fmt.Errorf("%s was taken away, and is there again and again: %w", l.in(got.dir, "lock"), sync.ErrUnsupported)
			}
			if got.dir != brokenIn { // another lock than the one before
				brokenIn = got.dir
				continue
			}
		case !first && (now != seen && !l.opts.Wait || l.opts.isOver()):
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

// isOver reports whether nobody waits any longer.
func (o *Options) isOver() bool { return !o.WaitUntil.IsZero() && time.Now().After(o.WaitUntil) }

// Mark is the name of the directory in a lock of this owner.
func (l *Lock) Mark() string {
	if l.opts.Boot == "" {
		return l.opts.Owner
	}
	return l.opts.Owner + "-" + l.opts.Boot
}

// own returns the absolute path of below in ferry's own directory, or of that
// directory itself where below is "".
func (l *Lock) own(below string) string { return l.in(l.dir(), below) }

// in returns the absolute path of below in dir, one of the names of ferry's own directory, or
// in the directory that was asked for.
func (l *Lock) in(dir, below string) string {
	if l.opts.Dir != "" {
		return strings.TrimSuffix(l.opts.Dir+"/"+below, "/")
	}
	return strings.TrimSuffix(l.root+"/"+dir+"/"+below, "/")
}

// returnToRoot makes the root the working directory: some servers do not remove the
// working directory of a session.
func (l *Lock) returnToRoot(b *ftp.Batch) {
	b.Add("CWD "+cmp.Or(l.root, "/"), nil)
}

// machine names this owner for people.
func (l *Lock) machine() string {
	if l.opts.Machine != "" {
		return l.opts.Machine
	}
	return l.opts.Owner[:min(8, len(l.opts.Owner))]
}

// keep writes signs of life into the lock until it is released.
func (l *Lock) keep(ctx context.Context, me holder) (release func()) {
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
	l.held.begin(func() { stop(); <-done })
	return func() {
		if l.held.end() {
			return
		}
		l.releaseInTime(ctx)
	}
}

// releaseInTime releases the lock, also when ctx was cancelled.
func (l *Lock) releaseInTime(ctx context.Context) {
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
