package deploy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ferry/manifest"
)

// undo takes a commit back, of which some changes were refused. Everything that was replaced
// or deleted was set aside.
func (r *run) undo(ctx context.Context, next *Release, failed map[manifest.Path]error) error {
	var back []Chain
	for _, c := range slices.Backward(next.Changes) {
		if chain := c.undo(); len(chain) > 0 {
			back = append(back, chain)
		}
	}
	var dirs Chain
	for _, dir := range slices.Backward(r.plan.MakeDirs) {
		dirs = append(dirs, Step{Op: RemoveDir, From: Place{Path: string(dir)}})
	}
	if _, err := r.Server.Apply(ctx, [][]Chain{back, {dirs}}); err != nil {
		return brokeOff(err)
	}
	p, why := first(failed)
	changed, err := r.lookAgain(ctx)
	switch {
	case err != nil:
		return brokeOff(err)
	case changed != "":
		return fmt.Errorf("%q could not be put in place (%w), and %q could not be taken back: the next deploy finishes this release", p, why, changed)
	}
	if err := r.takeMarkBack(ctx, next); err != nil {
		return fmt.Errorf("taking the commit back: %w", err)
	}
	return fmt.Errorf("%q could not be put in place (%w): the release before is live again", p, why)
}

// undo returns the steps that take a change back.
func (c Change) undo() (chain Chain) {
	live := Live(c.Path, c.Was)
	if c.Kind == Put {
		chain = append(chain, Step{Op: Rename, From: live, To: Work(c.From)})
	}
	if c.Aside != "" {
		chain = append(chain, Step{Op: Rename, From: Work(c.Aside), To: live})
	}
	return chain
}

// takeMarkBack makes the commit a plan again, of which nothing is done.
func (r *run) takeMarkBack(ctx context.Context, next *Release) error {
	ending, err := r.endMaintenance(ctx, next)
	if err != nil {
		return err
	}
	back := append(ending, Step{Op: Rename, From: Work(commitName), To: Work(planName)})
	errs, err := r.Server.Apply(ctx, [][]Chain{{back}})
	if err != nil {
		return err
	}
	r.maintenanceEnded(ending, errs[0][0])
	_, err = first(r.stuck)
	return cmp.Or(err, errs[0][0][len(ending)])
}
