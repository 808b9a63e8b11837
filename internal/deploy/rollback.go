package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/sync"
)

// ErrNotKept means that nothing is kept with which to go back.
var ErrNotKept = errors.New("is not kept")

// Rollback makes an older release live again, by what later ones have set aside: to the
// release before the one that is live, or to that with the number to where it is not 0. Each
// step back is a release of its own, with a number of its own. Source of o is not needed.
func Rollback(ctx context.Context, o Options, to int) (Result, error) {
	r := newRun(o)
	err := r.rollback(ctx, to)
	return r.result, err
}

func (r *run) rollback(ctx context.Context, to int) error {
	unlock, err := r.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if r.state == nil {
		return errors.New("nothing was deployed here")
	}
	for first := true; first || to != 0 && r.state.content() != to; first = false {
		if to != 0 && r.state.content() < to {
			return fmt.Errorf("release %d %w: release %d is live", to, ErrNotKept, r.state.content())
		}
		if err := r.stepBack(ctx); err != nil {
			return err
		}
		if r.DryRun {
			return nil
		}
		r.state, r.found.Stage = &r.plan.Release, false
	}
	return nil
}

// content is the number of the release whose files are live.
func (r *Release) content() int {
	if r.Back != 0 {
		return r.Back
	}
	return r.Number
}

// stepBack makes the release live that was there before the one whose files are live.
func (r *run) stepBack(ctx context.Context) error {
	n := r.state.content()
	there, err := r.readKept(ctx, n, "release")
	if err != nil {
		return err
	}
	before, err := r.readKept(ctx, n, "state")
	if err != nil {
		return err
	}
	changes, err := Inverse(there, before, r.Policy.Class)
	if err != nil {
		return err
	}
	next := Release{Files: before.Files, Changes: changes, Back: before.content(), Root: r.state.Root, Held: max(r.state.Held, r.state.Sequence)}
	next.Follow(r.state)
	r.name(&next)
	next.Revision, next.Source, next.Sequence = before.Revision, r.state.Source, r.state.Sequence
	r.plan = &Plan{Release: next, MakeDirs: Needed(changes), RemoveDirs: Emptied(&next)}
	r.result.Plan = r.plan
	r.Observer(Planned{r.plan})
	if err := r.lookBack(ctx, n); err != nil || r.DryRun {
		return err
	}
	if err := r.makeStage(ctx, nil); err != nil {
		return err
	}
	if err := r.storePlan(ctx, &r.plan.Release); err != nil {
		return err
	}
	return r.commit(ctx)
}

// readKept reads one of the releases that release n has kept.
func (r *run) readKept(ctx context.Context, n int, name string) (*Release, error) {
	content, err := r.Server.Read(ctx, keptName(n)+"/"+name, MostBytes)
	if errors.Is(err, ErrMissing) {
		return nil, fmt.Errorf("what release %d has replaced %w", n, ErrNotKept)
	}
	if err != nil {
		return nil, err
	}
	return Decode(content, r.Key)
}

// lookBack looks whether the site is as release n left it, and whether all is there that it
// has set aside.
func (r *run) lookBack(ctx context.Context, n int) error {
	changed, err := r.lookAgain(ctx)
	if err != nil {
		return err
	}
	if changed != "" && !r.Force {
		return &sync.UnsafeError{
			What: fmt.Sprintf("%q is not as release %d left it, and would be replaced", changed, n),
			Hint: "look at it; --force goes back all the same, and keeps its version",
		}
	}
	var places []Place
	for _, c := range r.plan.Release.Changes {
		if c.Kind == Put {
			places = append(places, Work(c.From))
		}
	}
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return err
	}
	for i, l := range looks {
		if !l.Entry.IsFile() {
			return fmt.Errorf("%s %w: what release %d has set aside is gone", places[i].Path, ErrNotKept, n)
		}
	}
	return nil
}

// A Told is a release as [Releases] tells of it.
type Told struct {
	Record
	Live bool
	Kept bool // it can be gone back to
	Back int  // it was a step back to this release; 0: it was not
}

// Releases tells of the release that is live and of those before it, the newest first.
func Releases(ctx context.Context, o Options) ([]Told, error) {
	o.DryRun = true // nothing is locked or changed
	r := newRun(o)
	if _, err := r.begin(ctx); err != nil || r.state == nil {
		return nil, err
	}
	kept, err := r.Server.ListWork(ctx, keptDir)
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, err
	}
	has := func(n int) bool {
		return slices.ContainsFunc(kept, func(f WorkFile) bool { return keptDir+"/"+f.Name == keptName(n) })
	}
	told := []Told{{Record: r.state.Record(), Live: true, Back: r.state.Back}}
	reached := has(r.state.Number)
	for _, rec := range r.state.History {
		told = append(told, Told{Record: rec, Kept: reached})
		reached = reached && has(rec.Number)
	}
	return told, nil
}
