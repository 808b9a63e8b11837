package deploy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"ferry/manifest"
	"ferry/sync"
)

// A run is one deploy.
type run struct {
	Options
	local  []LocalFile
	state  *Release // what is live; nil: nothing that is known
	found  Found
	plan   *Plan
	result Result
	// leastNumber is above those of the releases that have kept something, where the state
	// was lost.
	leastNumber int
	unseen      []workContent // stored, and not looked at yet
	endsHere    bool          // nothing is done after the commit
	rootMissing bool          // as a work directory outside of the site lets it be
	// look is shown what a plan was made of, and may change the plan; nil: this is no part of a
	// switch, which holds the lock to its own end.
	look func(context.Context, *Plan, Site) error
	// maintenance is how far its file has come, and what stands in its place before the commit.
	maintenance          maintaining
	inPlaceOfMaintenance Look
	stuck                map[manifest.Path]error // the maintenance file, where it could not be taken away
}

// mostPlans is how often a plan is made anew because the site has changed meanwhile.
const mostPlans = 3

// Run makes a deploy. If the error is not nil, Committed in the result says whether the
// release is live all the same.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.asAWhole() {
		return runSwitch(ctx, o)
	}
	r := newRun(o)
	err := r.deploy(ctx)
	return r.result, err
}

func newRun(o Options) *run {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = func(Event) {}
	}
	return &run{Options: o}
}

func (r *run) deploy(ctx context.Context) error {
	files, stop := r.readSource(ctx)
	defer stop()
	unlock, err := r.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := r.admit(); err != nil {
		return err
	}
	if r.local, err = files(); err != nil {
		return err
	}
	if err := r.checkLinks(); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if r.plan, err = r.decide(ctx); err != nil {
			return err
		}
		if err := r.checkMaintenance(); err != nil {
			return err
		}
		r.result.Plan = r.plan
		r.Observer(Planned{r.plan, r.stageBytes()})
		if err := r.plan.unknown(); err != nil || r.DryRun {
			return err
		}
		if r.plan.Empty() {
			if r.result.Finished != 0 {
				r.result.Previous = r.state.Before()
			}
			return r.noteSequence(ctx)
		}
		if r.Allow != nil && attempt == 1 {
			if err := r.Allow(ctx, r.plan); err != nil {
				return err
			}
		}
		if r.state == nil && attempt == 1 {
			if err := checkFileSystem(ctx, r.Options); err != nil {
				return err
			}
		}
		if err := r.stage(ctx); err != nil {
			return err
		}
		if r.Staged != nil && attempt == 1 {
			if err := r.Staged(ctx, r.plan); err != nil {
				return err
			}
		}
		changed, err := r.lookAgain(ctx)
		if err != nil {
			return err
		}
		if changed == "" {
			break
		}
		if attempt == mostPlans {
			return &sync.UnsafeError{What: fmt.Sprintf("%q and perhaps more change on the server while this deploy is made: nothing was deployed", changed)}
		}
		r.Observer(Noticed{Text: fmt.Sprintf("%q has changed on the server meanwhile: the deploy is planned again", changed)})
		r.found.Stage = true
	}
	r.endsHere = r.look == nil
	return r.commit(ctx)
}

// begin takes the lock, reads the state, and finishes a release that broke off in its commit.
func (r *run) begin(ctx context.Context) (unlock func(), err error) {
	unlock = func() {}
	if !r.DryRun {
		if unlock, err = r.lock(ctx); err != nil {
			return nil, err
		}
	}
	if r.found, err = r.Server.Begin(ctx); err == nil {
		err = r.readState(ctx)
	}
	if err == nil && r.found.Commit && !r.DryRun {
		err = r.finish(ctx)
	}
	if err == nil && !r.DryRun {
		err = r.finishTidying(ctx)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	if r.state != nil {
		r.result.Release, r.result.Previous = r.state.Number, r.state.Number
	}
	return unlock, nil
}

// lock takes the lock of the site, and makes the root where there is none.
func (r *run) lock(ctx context.Context) (unlock func(), err error) {
	unlock, _, err = r.Server.Lock(ctx)
	if err == nil || errors.Is(err, sync.ErrHeld) || ctx.Err() != nil {
		return unlock, err
	}
	if _, missing, rootErr := r.Server.Root(ctx, false); rootErr != nil || !missing {
		return nil, err
	}
	if _, _, err = r.Server.Root(ctx, true); err != nil {
		return nil, err
	}
	unlock, _, err = r.Server.Lock(ctx)
	return unlock, err
}
