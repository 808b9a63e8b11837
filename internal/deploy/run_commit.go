package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"ferry/manifest"
)

// commitLimit is how long a commit goes on after an interrupt: most take under a second.
const commitLimit = 2 * time.Minute

// commit makes the staged release live.
func (r *run) commit(ctx context.Context) error {
	interrupted := ctx
	ctx, cancel := lasting(ctx, commitLimit)
	defer cancel()
	if err := interrupted.Err(); err != nil {
		return err
	}
	next := &r.plan.Release
	r.Observer(Committing{len(next.Changes)})
	began := r.Now()
	groups := r.commitGroups()
	errs, err := r.Server.Apply(ctx, groups)
	cutOff := err != nil
	if cutOff {
		begun, err := r.hasBegun(ctx, err)
		if err == nil && !begun {
			began = r.Now()
			errs, err = r.Server.Apply(ctx, groups)
		}
		if err != nil {
			return brokeOff(err)
		}
	}
	r.result.Mixed = r.Now().Sub(began)
	eachError(groups, errs, func(step Step, err error) {
		if step.From == Work(maintenanceName) {
			r.maintenanceFailed(err)
		}
	})
	r.tellModes(groups, errs)
	failed, err := r.settle(ctx, next, cutOff || anyError(groups, errs))
	if err != nil {
		return brokeOff(err)
	}
	refused := maps.Clone(failed)
	maps.DeleteFunc(refused, func(_ manifest.Path, err error) bool { return err == errChanged })
	if all := len(refused) == len(next.Changes); len(refused) > 0 && (r.Policy.Keep > 0 || all) {
		err := r.undo(ctx, next, refused)
		if all {
			err = errors.Join(checkFileSystem(ctx, r.Options), err)
		}
		return err
	}
	if err := r.close(ctx, next, failed, r.endsHere && !r.trims(next)); err != nil {
		return brokeOff(err)
	}
	r.count(next, failed)
	r.Observer(Committed{next.Number})
	r.trim(ctx, next)
	return interrupted.Err()
}

// hasBegun looks, after a commit was cut off by cause, whether it is past its point of no return.
func (r *run) hasBegun(ctx context.Context, cause error) (bool, error) {
	looks, err := r.Server.Look(ctx, []Place{Work(commitName)}, true)
	if err == nil {
		err = looks[0].Err
	}
	if err != nil {
		return false, errors.Join(cause, err)
	}
	r.Observer(Noticed{Text: fmt.Sprintf("the commit was cut off (%v): it goes on", cause)})
	return looks[0].Entry.Exists(), nil
}

// brokeOff says what becomes of a commit that did not come to its end.
func brokeOff(err error) error {
	return fmt.Errorf("the commit broke off, and the next deploy finishes it: %w", err)
}

// tellModes says once that modes cannot be set.
func (r *run) tellModes(groups [][]Chain, errs [][][]error) {
	told := false
	eachError(groups, errs, func(step Step, err error) {
		if step.Op == SetMode && !told {
			told = true
			r.Observer(Warned{Text: fmt.Sprintf("the server does not set modes: %v", err)})
		}
	})
}

// commitGroups returns what the commit does: the modes of what is staged, the point of no
// return, and the changes.
func (r *run) commitGroups() [][]Chain {
	mark := append(Chain{{Op: Rename, From: Work(planName), To: Work(commitName)}}, r.beginMaintenance()...)
	groups := [][]Chain{{mark}}
	if modes := r.stagedModes(); len(modes) > 0 {
		groups = append([][]Chain{modes}, groups...)
	}
	return append(groups, Steps(r.plan.Release.Changes, r.plan.MakeDirs, r.plan.RemoveDirs)...)
}

// count puts what a commit did into the result.
func (r *run) count(next *Release, failed map[manifest.Path]error) {
	for _, c := range next.Changes {
		switch {
		case c.Kind == Remove && !c.RemovesDir():
			r.result.Deleted++
		case c.Kind == Put && c.Was.Exists():
			r.result.Replaced++
		}
	}
	failed = r.withStuck(failed)
	r.result.Failed = failed
	for p, err := range failed {
		r.Observer(Failed{p, err})
	}
}
