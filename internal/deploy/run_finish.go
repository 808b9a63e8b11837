package deploy

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/deploy/release"
)

// finish makes a release live that was past its point of no return when its run broke off,
// on whatever machine that was.
func (r *run) finish(ctx context.Context) error {
	content, err := r.Server.Read(ctx, commitName, release.MostBytes)
	if err != nil {
		return fmt.Errorf("reading the release that broke off in its commit: %w", err)
	}
	next, err := release.Decode(content, r.Key)
	if errors.Is(err, ErrDamaged) {
		r.Observer(Warned{Text: "a release broke off in its commit, and its plan is damaged: what it did counts as a change by somebody else"})
		// The whole stage: it may hold versions that are nowhere else.
		aside := Chain{{Op: Rename, From: Work(stageDir), To: Work(stageDir + ".bad-" + r.Now().UTC().Format("20060102-150405"))}}
		r.found.Commit, r.found.Stage = false, false
		return r.applyAll(ctx, "setting a damaged plan aside", [][]Chain{{aside}})
	}
	if err != nil {
		return err
	}
	r.Observer(Noticed{Text: fmt.Sprintf("release %d broke off in its commit: it is finished first", next.Number)})
	failed, err := r.settle(ctx, next, true)
	if err != nil {
		return err
	}
	if err := r.close(ctx, next, failed, false); err != nil {
		return err
	}
	r.result.Finished, r.result.Failed = next.Number, r.withStuck(failed)
	r.result.Committed = false
	r.state = next
	r.found.Commit, r.found.Stage = false, len(failed) > 0 && !r.keeps(next)
	return nil
}

// finishTidying puts away what the release that is live has kept, where its run broke off after
// the release went live and before that.
func (r *run) finishTidying(ctx context.Context) error {
	if !r.found.Stage || r.found.Commit || r.state == nil {
		return nil
	}
	content, err := r.Server.Read(ctx, releaseName, MostBytes)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	if of, err := release.Decode(content, r.Key); err != nil || of.ID != r.state.ID {
		return nil // the stage of a release that is not live
	}
	if _, err := r.Server.Apply(ctx, [][]Chain{{r.tidyStage(r.state)}}); err != nil {
		return err
	}
	r.found.Stage, r.found.Kept = false, true
	return nil
}
