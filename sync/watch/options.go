package watch

import (
	"context"
	"log/slog"
	"time"

	"ferry/manifest"
)

// A Hint says where local files may have changed. Each path stands for itself and
// everything below it.
type Hint struct {
	Paths      []manifest.Path
	Everything bool // any path may have changed
}

// Options say how a pair is watched.
type Options struct {
	// Open connects to both sides of the pair. It is called again after the
	// connection was lost. When it fails it is retried with growing pauses.
	Open func(ctx context.Context) (Session, error)
	// Hints delivers hints of local changes. It may be nil or closed.
	Hints <-chan Hint
	// BeginScan, if not nil, is called before a pass scans the local side. It
	// returns a function that is called when the pass has ended.
	BeginScan func() (done func())
	// PollRemote says whether changes on the server are carried over. Without it
	// the server is never polled.
	PollRemote bool
	// Poll is the interval between polls while files change; 0: 30 s. It grows to
	// PollMax while nothing changes; 0: ten times Poll, at most 5 min.
	Poll, PollMax time.Duration
	// Spread makes the first poll after a connection earlier by chance, so that pairs which began
	// together do not poll together.
	Spread bool
	// Full is the interval between full passes; 0: 1 h.
	Full time.Duration
	// Halts reports whether an error of a pass or of Open needs the user: a retry
	// would fail in the same way. An [sync.UnsafeError] always does. Halts may be
	// nil. A halted pair is still retried every HaltRetry (0: 5 min), because a
	// disk may have been mounted again.
	Halts     func(err error) bool
	HaltRetry time.Duration
	// LoginRefused reports whether err means that the server refused the login.
	// Such a login is retried after 1 min at first and 30 min at most, whatever
	// Halts says, because servers lock out clients that try too often. Only a poke
	// or the end of a handover makes it sooner. LoginRefused may be nil.
	LoginRefused func(err error) bool
	// RetryAt returns when the next try makes sense after err, where others decide that: several
	// pairs wait for one server. The zero time leaves it to the pair. RetryAt may be nil.
	RetryAt func(err error) time.Time
	// Insist is called before Open where somebody has asked for a try now, or the machine has
	// slept: times of RetryAt do not hold then. It may be nil.
	Insist func()
	// Explain returns why a pair waits or is halted after err, and what the user
	// can do about it. Neither may hold a secret. If Explain is nil or returns "",
	// the text of err and the hint of an [sync.UnsafeError] are used.
	Explain func(err error) (reason, hint string)
	// Changed is called with every new status, in order, from a goroutine of its
	// own, so a slow Changed delays no pass. When too many calls are pending the
	// oldest are dropped. Run waits up to a second for the last call. Changed may
	// be nil.
	Changed func(Status)
	Log     *slog.Logger // may be nil
}

// filled returns the options with their defaults in place.
func (o Options) filled() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&o.Poll, 30*time.Second)
	set(&o.PollMax, min(10*o.Poll, 5*time.Minute))
	o.PollMax = max(o.PollMax, o.Poll)
	set(&o.Full, time.Hour)
	set(&o.HaltRetry, 5*time.Minute)
	if o.BeginScan == nil {
		o.BeginScan = func() func() { return func() {} }
	}
	if o.Changed == nil {
		o.Changed = func(Status) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}
