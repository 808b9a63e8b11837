package app

import (
	"cmp"
	"slices"

	"ferry/internal/deploy"
	"ferry/internal/hooks"
)

// changed returns what a hook is told of a plan: its paths, each with what happens to it
// where the profile asks for that.
func (d *Deployment) changed(plan *deploy.Plan, fields []hooks.Field) hooks.Event {
	ev := hooks.Event{Fields: fields}
	if d.pair.Hooks.Marked {
		ev.Changes = []hooks.Change{}
	}
	if plan == nil {
		return ev
	}
	for i := range plan.Release.Changes {
		c := &plan.Release.Changes[i]
		if d.pair.Hooks.Marked {
			ev.Changes = append(ev.Changes, hooks.Change{Change: c.Letter(), Path: string(c.Path)})
		} else {
			ev.Paths = append(ev.Paths, string(c.Path))
		}
	}
	slices.SortFunc(ev.Changes, func(a, b hooks.Change) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Change, b.Change))
	})
	ev.Paths = inOrder(ev.Paths)
	return ev
}
