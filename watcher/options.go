package watcher

import (
	"log/slog"
	"time"

	"ferry/manifest"
)

// Options change how a directory is watched. The zero value works.
type Options struct {
	// Ignore says which paths are left alone with all that is below them. It may
	// be nil. It is called from one goroutine at a time.
	Ignore func(p manifest.Path, dir bool) bool
	// Settle is how long nothing must have happened to a path before it is
	// reported. Zero: 500 ms.
	Settle time.Duration
	// Longest is how long a path that never settles is kept back. Zero: 30 s.
	Longest time.Duration
	// Hold is how much longer a path is kept back that is gone, because it may
	// come back. Zero: 5 s; negative: not at all.
	Hold time.Duration
	// Poll is how often what cannot be watched is looked at. Looks that take long
	// are taken less often: all looks at every file together take a twentieth of the
	// time at most. In between only directories are asked whether names came or
	// went, and those looked at closely in which something changed in the last 10
	// minutes. Zero: 10 s.
	Poll time.Duration
	// Log receives what is worth knowing. Nil: nothing is logged.
	Log *slog.Logger
	// Notice receives what the user should know and can do something about, each
	// thing once. It may be nil. It must not call the [Watcher].
	Notice func(text string)

	closely time.Duration // shortest time between two looks at every file
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
	set(&o.Settle, 500*time.Millisecond)
	set(&o.Longest, 30*time.Second)
	set(&o.Hold, 5*time.Second)
	set(&o.Poll, 10*time.Second)
	o.Hold = max(o.Hold, 0)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return o
}
