package watch

import (
	"context"
	"iter"

	"ferry/manifest"
	"ferry/sync"
)

// A Session is a pair with both sides connected. Its methods are called one at a
// time. It may be a [Rester] as well.
type Session interface {
	// Sync and SyncPaths are those of [sync.Engine].
	Sync(ctx context.Context) (sync.Summary, error)
	SyncPaths(ctx context.Context, scope sync.Scope) (sync.Summary, error)
	// Dirs yields the directories in the base, without the root, in order.
	Dirs() iter.Seq[manifest.Path]
	// Close disconnects both sides and closes the base.
	Close() error
}

// A Rester is a [Session] that wants to know when it is idle, so that it can keep
// its connections alive or close them. Rest is called after a minute without work,
// and every minute after that. ctx is cancelled as soon as there is work.
type Rester interface {
	Rest(ctx context.Context)
}
