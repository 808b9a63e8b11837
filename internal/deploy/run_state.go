package deploy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/deploy/release"
)

// Names in the work directory.
const (
	stateName    = "state"
	oldStateName = "state.old"
	newStateName = "state.new"
	stageDir     = release.StageDir
	planName     = "stage/plan"
	commitName   = "stage/commit"
	beforeName   = "stage/state"   // a copy of the state before, where the release is kept
	releaseName  = "stage/release" // a copy of the plan, likewise
	stagedDir    = "stage/s"
	keptDir      = release.KeptDirs
)

func newID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// readState decodes the state that was found. Where it is missing or damaged, the one before
// is used; where that is not to be had either, this is a first deploy.
func (r *run) readState(ctx context.Context) error {
	if r.found.StateErr != nil {
		return fmt.Errorf("reading the state of the site: %w", r.found.StateErr)
	}
	why := "is missing"
	if r.found.State != nil {
		state, err := release.Decode(r.found.State, r.Key)
		if err == nil {
			r.state = state
			return nil
		}
		if !errors.Is(err, ErrDamaged) {
			return err
		}
		why = "is damaged"
		if err := r.setStateAside(ctx); err != nil {
			return err
		}
	} else if !r.found.Any {
		return nil
	}
	if r.found.Kept {
		numbers, err := r.keptNumbers(ctx)
		if err != nil {
			return err
		}
		r.leastNumber = slices.Max(append(numbers, 0)) + 1
	}
	finishes := r.found.State == nil && r.found.Commit && !r.DryRun // a commit that broke off is told, and brings the state
	old, err := r.Server.Read(ctx, oldStateName, release.MostBytes)
	if err == nil {
		if r.state, err = release.Decode(old, r.Key); err == nil && finishes {
			return nil
		}
		if err == nil {
			r.Observer(Warned{Text: fmt.Sprintf("the state of the site %s: that of release %d, the one before, is used", why, r.state.Number)})
			return nil
		}
	}
	if !errors.Is(err, ErrMissing) && !errors.Is(err, ErrDamaged) {
		return err
	}
	if finishes {
		return nil
	}
	first, err := r.firstBrokeOff(ctx)
	if err != nil {
		return err
	}
	if first {
		r.Observer(Noticed{Text: "the first deploy was interrupted: it is taken up"})
	} else if r.found.State != nil || r.found.Stage || r.found.Kept {
		r.Observer(Warned{Text: fmt.Sprintf("the state of the site %s: this is a first deploy, and files that only the lost state knew are not deleted", why)})
	}
	return nil
}

// firstBrokeOff reports whether there is no state because the first deploy was interrupted: it has
// left its stage and nothing else, and no plan of a later release is there.
func (r *run) firstBrokeOff(ctx context.Context) (bool, error) {
	if r.found.State != nil || r.found.Kept || !r.found.Stage {
		return false, nil
	}
	name := planName
	if r.found.Commit {
		name = commitName
	}
	content, err := r.Server.Read(ctx, name, release.MostBytes)
	if errors.Is(err, ErrMissing) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	next, err := release.Decode(content, r.Key)
	return errors.Is(err, ErrDamaged) || err == nil && next.Before() == 0, nil // it may not be whole yet
}

// setStateAside keeps a damaged state for people to look at.
func (r *run) setStateAside(ctx context.Context) error {
	if r.DryRun {
		return nil
	}
	to := "state.bad-" + r.Now().UTC().Format("20060102-150405")
	return r.applyAll(ctx, "setting the damaged state aside", [][]Chain{{{{Op: Rename, From: Work(stateName), To: Work(to)}}}})
}

// applyAll is [Server.Apply] where every step must succeed.
func (r *run) applyAll(ctx context.Context, what string, groups [][]Chain) error {
	errs, err := r.Server.Apply(ctx, groups)
	if err != nil {
		return err
	}
	for _, group := range errs {
		for _, chain := range group {
			for _, err := range chain {
				if err != nil {
					return fmt.Errorf("%s: %w", what, err)
				}
			}
		}
	}
	return nil
}
