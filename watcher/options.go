package watcher

import (
	"log/slog"
	"time"

	"ferry/manifest"
)

// Options say how a directory is watched. The zero value has the defaults.
type Options struct {
	// Ignore reports whether a path is ignored, with everything below it. It may be
	// nil. It is called from one goroutine at a time.
	Ignore func(p manifest.Path, dir bool) bool
	// Debounce is how long a path must not change before it is reported. Zero:
	// 500 ms.
	Debounce time.Duration
	// MaxDelay is how long a path that keeps changing is held back. Zero: 30 s.
	MaxDelay time.Duration
	// DeletionDelay is how much longer a path is held back that vanished, because it
	// may come back. Zero: 5 s; negative: not at all.
	DeletionDelay time.Duration
	// Poll is how often directories that cannot be watched are polled. Zero: 10 s.
	// A full poll checks every file. It is made less often if it takes long: at
	// most a twentieth of the time is spent on full polls. The polls in between only
	// check the times of directories, which change when a name appears or vanishes,
	// and read those directories in which something changed in the last 10 minutes.
	Poll time.Duration
	// Log may be nil.
	Log *slog.Logger
	// Notice is called with what the user should know and can do something about,
	// once for each problem. It may be nil. It must not call the [Watcher].
	Notice func(text string)

	budget *budget // nil: that of the process

	minFullPoll time.Duration // shortest time between two full polls
	// lateEvent is how long after a scan has seen a name the event that the name
	// appeared can still be put into the queue of the system. Zero: 500 ms; negative:
	// not at all.
	lateEvent time.Duration
}

func (o Options) filled() Options {
	if o.Ignore == nil {
		o.Ignore = func(manifest.Path, bool) bool { return false }
	}
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&o.Debounce, 500*time.Millisecond)
	set(&o.MaxDelay, 30*time.Second)
	set(&o.DeletionDelay, 5*time.Second)
	set(&o.Poll, 10*time.Second)
	set(&o.lateEvent, 500*time.Millisecond)
	if o.budget == nil {
		o.budget = processBudget()
	}
	o.DeletionDelay = max(o.DeletionDelay, 0)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}
