package cli

import (
	"ferry/manifest"
	"ferry/sync"
)

// A reporter shows one pass. Begin comes when both sides are at hand, then
// events, one at a time. End comes last, with what the engine returned, also
// where nothing came before it.
type reporter interface {
	begin()
	event(sync.Event)
	end(sync.Summary, error)
}

// A passHead says which pass a report is about.
type passHead struct {
	profile       string // "" for a pair given directly
	local, remote string // for people
	direction     sync.Direction
	dryRun        bool
	// titled prints the name before the summary, where several profiles run.
	titled bool
}

// told reports whether an action is one that anybody wants to hear of.
func told(a *sync.Action) bool { return a.Op != sync.Forget && a.Op != sync.Refresh }

// waiting reports whether a conflict is left to the user: a copy was made, or
// both versions stay where they are.
func waiting(c sync.Conflict) bool { return c.Skipped || c.Copy != manifest.Root }
