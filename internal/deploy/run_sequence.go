package deploy

import (
	"cmp"
	"context"
)

// noteSequence writes the number of this run into the state, where nothing else is to be done:
// an older run that ends later must not be deployed.
func (r *run) noteSequence(ctx context.Context) error {
	if r.state == nil || r.Sequence <= r.state.Sequence {
		return nil
	}
	now := *r.state
	now.Sequence, now.Revision, now.Source = r.Sequence, r.Revision, cmp.Or(r.From, now.Source)
	content, err := Encode(&now, r.Key)
	if err != nil {
		return err
	}
	if err := r.store(ctx, workContent{newStateName, content}); err != nil {
		return err
	}
	groups := [][]Chain{{{{Op: Rename, From: Work(stateName), To: Work(oldStateName)}, {Op: Rename, From: Work(newStateName), To: Work(stateName)}}}}
	return r.applyAll(ctx, "noting the number of this run", groups)
}
