package sync

import (
	"context"
	"log/slog"

	"ferry/manifest"
)

// A Recorder keeps the base. [manifest.Store] is one. Its methods may be called
// from several goroutines.
type Recorder interface {
	manifest.Base
	// Set records that both sides agree at p.
	Set(p manifest.Path, pair manifest.Pair) error
	// Forget drops p.
	Forget(p manifest.Path) error
	// Rename moves what is recorded at and below from to to.
	Rename(from, to manifest.Path) error
	// Flush returns when everything recorded so far is safe.
	Flush() error
	// Roots returns the identities of both roots, "" where none was recorded.
	Roots() (local, remote string)
	// SetRoots records them.
	SetRoots(local, remote string) error
}

// Options say how an engine works.
type Options struct {
	Policy Policy
	Limits Limits
	// Workers is the number of runs under way at a time; 0: 4.
	Workers int
	// Verify lists all of the target in a push or pull, not only the directories
	// that the pass touches.
	Verify bool
	// DryRun ends a pass when the plan is made.
	DryRun bool
	// Observer may be nil.
	Observer Observer
	// Log may be nil.
	Log *slog.Logger
}

// An Engine keeps one pair in step.
type Engine struct {
	local, remote Replica
	record        Recorder
	opts          Options
}

// New returns an engine over two replicas and their base.
func New(local, remote Replica, record Recorder, opts Options) *Engine {
	return &Engine{local: local, remote: remote, record: record, opts: opts}
}

// An UnsafeError is a rail: the pass stopped before it deleted or overwrote
// anything.
type UnsafeError struct {
	What string // what was seen, and what would have happened
	Hint string // the option that lets it through, or the way out
}

func (e *UnsafeError) Error() string { return e.What }

// Sync makes one pass. The summary counts what was done even where there is an
// error. An error means that the pass did not come to its end: an
// [*UnsafeError], a cancelled context, a side that was lost ([ErrFatal]), or a
// base that cannot be written. Single files that failed are in the summary and
// were told to the observer.
func (e *Engine) Sync(ctx context.Context) (Summary, error) {
	panic("not written yet")
}
