package deploy

import (
	"cmp"
	"context"
	"fmt"
)

// noteSequence writes the number of this run into the state, where nothing else is to be done:
// an older run that ends later must not be deployed.
func (r *run) noteSequence(ctx context.Context) error {
	if r.state == nil || r.Sequence <= r.state.Sequence {
		return nil
	}
	now := *r.state
	now.Sequence, now.Revision, now.Source = r.Sequence, r.Revision, cmp.Or(r.From, now.Source)
	if err := r.putState(ctx, &now); err != nil {
		return fmt.Errorf("noting the number of this run: %w", err)
	}
	return nil
}
