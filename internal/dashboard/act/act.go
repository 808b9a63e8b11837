package act

import (
	"context"
	"encoding/json"
	"fmt"

	"ferry/internal/app"
)

// What can be asked for.
const (
	Count     = "count"     // the answer is a [Counted]
	Settings  = "settings"  // a [Configured]
	Check     = "check"     // an [app.ServerReport]
	Conflicts = "conflicts" // a [ConflictList]
	Settle    = "settle"    // with a [Settling], a [Done]
	Trash     = "trash"     // with a [Looking], a [TrashList]
	Restore   = "restore"   // with a [Restoring], a [Done]
	Plan      = "plan"      // a [Planned]
	Allow     = "allow"     // with an [Allowing], a [Done]
)

// A Done says for people what was done.
type Done struct {
	Lines []string `json:"lines"`
}

// Counted is what both sides hold.
type Counted struct {
	Known  bool     `json:"known"` // false: the pair is not connected
	Local  app.Held `json:"local"`
	Remote app.Held `json:"remote"`
}

// Do is an [app.ActFunc].
func Do(ctx context.Context, a *app.Acting, what string, with json.RawMessage) (any, error) {
	switch what {
	case Count:
		sides, known := a.Count(ctx)
		return Counted{known, sides[app.Local], sides[app.Remote]}, nil
	case Settings:
		return settings(a.Pair)
	case Check:
		return a.Opener.Check(ctx, a.Pair, false)
	case Conflicts:
		return held(ctx, a, func() (*ConflictList, error) { return conflicts(ctx, a) })
	case Settle:
		return asked(ctx, a, with, settle)
	case Trash:
		var w Looking
		if err := json.Unmarshal(with, &w); err != nil {
			return nil, fmt.Errorf("reading what is looked for: %w", err)
		}
		return trash(ctx, a, w)
	case Restore:
		return asked(ctx, a, with, restore)
	case Plan:
		return held(ctx, a, func() (*Planned, error) { return plan(ctx, a) })
	case Allow:
		return asked(ctx, a, with, allow)
	}
	return nil, fmt.Errorf("this ferry cannot do %q", what)
}

// held does work while the watch leaves the pair alone.
func held[T any](ctx context.Context, a *app.Acting, work func() (T, error)) (result T, err error) {
	takeBack, err := a.HandOver(ctx)
	if err != nil {
		return result, err
	}
	defer takeBack()
	return work()
}

// asked reads what is wanted, and does it as held does.
func asked[T any](ctx context.Context, a *app.Acting, with json.RawMessage, work func(context.Context, *app.Acting, T) (*Done, error)) (*Done, error) {
	var wanted T
	if err := json.Unmarshal(with, &wanted); err != nil {
		return nil, fmt.Errorf("reading what is wanted: %w", err)
	}
	return held(ctx, a, func() (*Done, error) { return work(ctx, a, wanted) })
}
