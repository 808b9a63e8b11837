package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ferry/internal/deploy/release"
	"ferry/sync"
)

// ErrNotKept means that nothing is kept with which to go back.
var ErrNotKept = errors.New("is not kept")

// Rollback makes an older release live again, by what later ones have set aside: to the
// release before the one that is live, or to that with the number to where it is not 0. Each
// step back is a release of its own, with a number of its own. Source of o is not needed.
func Rollback(ctx context.Context, o Options, to int) (Result, error) {
	if o.asAWhole() {
		return rollbackSwitch(ctx, o, to)
	}
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
	steps, err := r.way(ctx, to)
	if err != nil {
		return err
	}
	for i := range steps {
		if err := r.goBack(ctx, &steps[i]); err != nil {
			return err
		}
		if r.DryRun {
			return nil
		}
		r.state, r.found.Stage = &r.plan.Release, false
	}
	return nil
}

// keptNumbers returns the numbers of the releases that have kept something, the latest first.
func (r *run) keptNumbers(ctx context.Context) (numbers []int, err error) {
	files, err := r.Server.ListWork(ctx, keptDir)
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, err
	}
	for _, f := range files {
		if n, err := strconv.Atoi(f.Name); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.SortFunc(numbers, func(a, b int) int { return b - a })
	return numbers, nil
}

// goBack carries out one step back.
func (r *run) goBack(ctx context.Context, s *keptStep) error {
	before, changes := s.before, s.changes
	next := Release{Files: before.Files, Changes: changes, Back: before.Content(), Root: r.state.Root, Held: max(r.state.Held, r.state.Sequence)}
	next.Follow(r.state)
	r.name(&next)
	next.Revision, next.Source, next.Sequence = before.Revision, r.state.Source, r.state.Sequence
	r.plan = &Plan{Release: next, MakeDirs: Needed(changes), RemoveDirs: Emptied(&next)}
	if err := r.checkMaintenance(); err != nil {
		return err
	}
	if err := r.lookBack(ctx, s.number); err != nil {
		return err
	}
	r.result.Plan = r.plan
	r.Observer(Planned{r.plan, r.stageBytes()})
	if r.DryRun {
		return nil
	}
	if err := r.makeStage(ctx, append([]string{stageDir}, r.asideDirs()...), nil); err != nil {
		return err
	}
	if err := r.stageMaintenance(ctx); err != nil {
		return err
	}
	if err := r.storePlan(ctx, &r.plan.Release); err != nil {
		return err
	}
	return r.commit(ctx)
}

// readKept reads one of the releases that release n has kept.
func (r *run) readKept(ctx context.Context, n int, name string) (*Release, error) {
	content, err := r.Server.Read(ctx, release.KeptDir(n)+"/"+name, release.MostBytes)
	if errors.Is(err, ErrMissing) {
		return nil, fmt.Errorf("what release %d has replaced %w", n, ErrNotKept)
	}
	if err != nil {
		return nil, err
	}
	return release.Decode(content, r.Key)
}

// lookBack looks whether the site is as release n left it.
func (r *run) lookBack(ctx context.Context, n int) error {
	changed, err := r.lookAgain(ctx)
	if err != nil || changed == "" {
		return err
	}
	if r.Force {
		return r.saveChanged(ctx)
	}
	return &sync.UnsafeError{
		What: fmt.Sprintf("%q is not as release %d left it, and would be replaced", changed, n),
		Hint: "look at it; --force goes back all the same, and keeps its version",
	}
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
	if o.asAWhole() {
		return releasesInSlots(ctx, o)
	}
	r := newRun(o)
	if _, err := r.begin(ctx); err != nil || r.state == nil {
		return nil, err
	}
	kept, err := r.Server.ListWork(ctx, keptDir)
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, err
	}
	has := func(n int) bool {
		return slices.ContainsFunc(kept, func(f WorkFile) bool { return keptDir+"/"+f.Name == release.KeptDir(n) })
	}
	told := []Told{{Record: r.state.Record(), Live: true, Back: r.state.Back}}
	reached := has(r.state.Number)
	for _, rec := range r.state.History {
		told = append(told, Told{Record: rec, Kept: reached})
		reached = reached && has(rec.Number)
	}
	return told, nil
}
