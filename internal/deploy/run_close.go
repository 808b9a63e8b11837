package deploy

import (
	"context"
	"fmt"
	"slices"

	"ferry/manifest"
)

// close makes the plan the state, and clears the stage away. Changes that failed are taken
// out of the release before. With unlock the lock goes in the same write.
func (r *run) close(ctx context.Context, next *Release, failed map[manifest.Path]error, unlock bool) error {
	from := commitName
	if len(failed) > 0 {
		next.withdraw(failed, r.state)
		content, err := Encode(next, r.Key)
		if err != nil {
			return err
		}
		if err := r.store(ctx, workContent{planName, content}); err != nil {
			return err
		}
		from = planName
	}
	ending, err := r.endMaintenance(ctx, next)
	if err != nil {
		return err
	}
	chain := append(ending, Step{Op: Rename, From: Work(stateName), To: Work(oldStateName)}, Step{Op: Rename, From: Work(from), To: Work(stateName)})
	if from == planName {
		chain = append(chain, Step{Op: Delete, From: Work(commitName)})
	}
	chain = append(chain, r.tidyStage(next)...)
	if unlock {
		chain = append(chain, Step{Op: Unlock})
	}
	errs, err := r.Server.Apply(ctx, [][]Chain{{chain}})
	if err != nil {
		return err
	}
	r.maintenanceEnded(ending, errs[0][0])
	if err := errs[0][0][len(ending)+1]; err != nil {
		return fmt.Errorf("release %d is live, and its state could not be put in place: %w", next.Number, err)
	}
	r.result.Committed, r.result.Release = true, next.Number
	r.Observer(WentLive{next})
	return nil
}

// withdraw takes changes that were not made out of a release.
func (r *Release) withdraw(failed map[manifest.Path]error, before *Release) {
	was := make(map[manifest.Path]File)
	if before != nil {
		for _, f := range before.Files {
			was[f.Path] = f
		}
	}
	r.Changes = slices.DeleteFunc(r.Changes, func(c Change) bool { return failed[c.Path] != nil })
	r.Files = slices.DeleteFunc(r.Files, func(f File) bool { return failed[f.Path] != nil })
	for p := range failed {
		if f, ok := was[p]; ok {
			r.Files = append(r.Files, f)
		}
	}
	slices.SortFunc(r.Files, func(a, b File) int { return a.Path.Compare(b.Path) })
}
