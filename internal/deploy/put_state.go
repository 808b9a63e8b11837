package deploy

import (
	"context"

	"ferry/internal/deploy/release"
)

// putState makes next the state, without a commit. The state that was there, if there was
// one, becomes the old one.
func (r *run) putState(ctx context.Context, next *Release) error {
	content, err := release.Encode(next, r.Key)
	if err != nil {
		return err
	}
	if err := r.store(ctx, workContent{newStateName, content}); err != nil {
		return err
	}
	errs, err := r.Server.Apply(ctx, [][]Chain{{{{Op: Rename, From: Work(stateName), To: Work(oldStateName)}, {Op: Rename, From: Work(newStateName), To: Work(stateName)}}}})
	if err != nil {
		return err
	}
	return errs[0][0][1]
}
