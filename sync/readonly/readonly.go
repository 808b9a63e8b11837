// Package readonly has a side that is only read from.
package readonly

import (
	"context"
	"fmt"
	"time"

	"ferry/sync"
	"ferry/sync/compare"
	"ferry/sync/trashbin"
)

// A Store is a side that is also a trash.
type Store interface {
	sync.Replica
	trashbin.Bin
}

// A Side is a side on which nothing is changed, whatever is asked of it: it makes, renames and
// removes nothing, takes no lock, and leaves what others left.
type Side struct{ Store }

// refused is why a change is not made.
func refused(what string) error {
	return fmt.Errorf("%s: %w: it is only read", what, sync.ErrUnsupported)
}

// Root implements [sync.Replica].
func (s Side) Root(ctx context.Context, create bool) (sync.RootState, error) {
	if create {
		return sync.RootState{}, refused("making the root")
	}
	return s.Store.Root(ctx, false)
}

// Hashes implements [compare.Hasher].
func (s Side) Hashes(ctx context.Context, run []sync.Wanted, others bool) ([]compare.Told, error) {
	return compare.Hashes(ctx, s.Store, run, others)
}

// Apply implements [sync.Replica].
func (s Side) Apply(_ context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	for i, step := range run {
		done(i, sync.Outcome{Err: refused(fmt.Sprintf("%s %s", step.Op, step.Path))})
	}
}

// Leftovers implements [sync.Replica].
func (s Side) Leftovers() bool { return false }

// Sweep implements [sync.Replica].
func (s Side) Sweep(context.Context, sync.Sweep) error { return nil }

// Tidy implements [sync.Replica]. Nothing was written here, so nothing is to be forgotten.
func (s Side) Tidy(context.Context) error { return nil }

// Trashed implements [trashbin.Bin].
func (s Side) Trashed(context.Context, time.Time) ([]trashbin.Trashed, error) { return nil, nil }

// Restore implements [trashbin.Bin].
func (s Side) Restore(_ context.Context, t trashbin.Trashed) error {
	return refused("restoring " + string(t.Path))
}

// Discard implements [trashbin.Bin].
func (s Side) Discard(context.Context, []trashbin.Trashed) (freed int64, err error) { return 0, nil }
