package sync

import (
	"context"
	"time"

	"ferry/manifest"
)

// A Trashed is something that a side keeps in its trash.
type Trashed struct {
	// Path is where it was, and ID names it within its side's trash.
	Path manifest.Path
	ID   string
	// When it was put there, in UTC, by the clock of the machine that did it.
	When  time.Time
	Entry manifest.Entry
}

// A Bin is a [Replica] with a trash. Its methods may run beside those of the
// replica, but not beside one another.
type Bin interface {
	// Trashed lists what is in the trash, the latest first. That there is no trash
	// is no error.
	Trashed(ctx context.Context) ([]Trashed, error)
	// Restore renames what t says back to its path, making the directories above
	// it. Where something is there already the error wraps [ErrChanged].
	Restore(ctx context.Context, t Trashed) error
	// Discard removes these things from the trash for good, and returns how many
	// bytes that freed. It goes on past what it cannot remove.
	Discard(ctx context.Context, things []Trashed) (bytes int64, err error)
}
