package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/manifest"
)

// commitLimit is how long a commit goes on after an interrupt: most take under a second.
const commitLimit = 2 * time.Minute

// mostCommits is how often what is left of a commit is looked at and done.
const mostCommits = 3

// lookAgain looks at everything that the commit is going to touch, and at the lock, in one
// batch. It returns a path that is not as planned, or "".
func (r *run) lookAgain(ctx context.Context) (changed manifest.Path, err error) {
	changes := r.plan.Release.Changes
	places := make([]Place, len(changes), len(changes)+1)
	for i, c := range changes {
		places[i] = Live(c.Path, c.Was)
	}
	file := r.plan.Release.Maintenance
	if file.Path != "" {
		places = append(places, file.place())
	}
	before := len(places)
	for _, f := range r.unseen {
		places = append(places, Work(f.name))
	}
	looks, err := r.Server.Look(ctx, places, true)
	if err != nil {
		return "", err
	}
	if again := r.notWhole(looks[before:]); len(again) > 0 {
		if err := r.store(ctx, again...); err != nil {
			return "", err
		}
		return r.lookAgain(ctx)
	}
	way := removals(changes)
	if file.Path != "" {
		r.inPlaceOfMaintenance = looks[len(changes)]
	}
	for i, c := range changes {
		switch now := looks[i]; {
		case now.Err != nil:
			return "", fmt.Errorf("looking at %q before the commit: %w", c.Path, now.Err)
		case manifest.Unchanged(c.Was, now.Entry), c.Kind == Put && !c.Was.Exists() && way.makes(c.Path, now.Entry):
		default:
			return c.Path, nil
		}
	}
	return "", nil
}

// notWhole returns those of the files that were not looked at which the server does not show whole.
func (r *run) notWhole(looks []Look) (again []workContent) {
	for i, f := range r.unseen {
		if l := looks[i]; l.Err != nil || !l.Entry.IsFile() || l.Entry.Size != int64(len(f.content)) {
			again = append(again, f)
		}
	}
	r.unseen = nil
	return again
}

// A wayMaker has the changes that remove something, by the path without its case. A file of
// the release may take the place of what they remove.
type wayMaker map[string]*Change

func removals(changes []Change) wayMaker {
	way := wayMaker{}
	for i := range changes {
		if c := &changes[i]; c.Kind == Remove {
			way[manifest.Fold(string(c.Path))] = c
		}
	}
	return way
}

// makes reports whether what stands at p is removed before a file is put there: under this very
// path, or under the name in another case where the server takes both for one.
func (way wayMaker) makes(p manifest.Path, there manifest.Entry) bool {
	c := way[manifest.Fold(string(p))]
	return c != nil && manifest.Unchanged(c.Was, there)
}

// commit makes the staged release live.
func (r *run) commit(ctx context.Context) error {
	interrupted := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
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
	if len(failed) > 0 && len(failed) == len(next.Changes) {
		p, why := first(failed)
		err := r.takeMarkBack(ctx, next)
		return errors.Join(fmt.Errorf("the commit could not begin: %q: %w", p, why), err)
	}
	if len(failed) > 0 && r.Policy.Keep > 0 {
		return r.undo(ctx, next, failed)
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

// anyError reports whether a step failed that a release rests on.
func anyError(groups [][]Chain, errs [][][]error) (found bool) {
	eachError(groups, errs, func(step Step, _ error) {
		found = found || step.Op == Rename || step.Op == Delete
	})
	return found
}

// settle finds out what of a commit is not done and does it. It returns the changes that
// cannot be made.
func (r *run) settle(ctx context.Context, next *Release, doubt bool) (failed map[manifest.Path]error, err error) {
	why := make(map[manifest.Path]error)
	for attempt := 0; doubt; attempt++ {
		looks, err := r.lookAtAll(ctx, next)
		if err != nil {
			return nil, err
		}
		rest, err := Remaining(next, looks, r.CutLines)
		if err != nil {
			return nil, err
		}
		failed = make(map[manifest.Path]error)
		for _, c := range rest.Lost {
			failed[c.Path] = errors.New("its staged file is gone")
		}
		if len(rest.Todo) == 0 && len(rest.Strays) == 0 {
			if attempt > 0 {
				return failed, nil
			}
			// All files are as they should be, and perhaps not yet the directories.
			_, err := r.Server.Apply(ctx, Steps(nil, nil, Emptied(next)))
			return failed, err
		}
		if attempt == mostCommits {
			for _, c := range rest.Todo {
				failed[c.Path] = cmp.Or(why[c.Path], errors.New("it could not be put in place"))
			}
			return failed, nil
		}
		if err := r.makeChanges(ctx, next, rest, why); err != nil {
			return nil, err
		}
	}
	return failed, nil
}

// makeChanges carries out what is left of a commit. Why steps were refused goes into why.
func (r *run) makeChanges(ctx context.Context, next *Release, rest Rest, why map[manifest.Path]error) error {
	var groups [][]Chain
	var strays []Chain
	for _, s := range rest.Strays {
		strays = append(strays, Chain{{Op: Rename, From: s.At, To: s.To}})
	}
	if len(strays) > 0 {
		groups = append(groups, strays)
	}
	groups = append(groups, Steps(rest.Todo, Needed(rest.Todo), Emptied(next))...)
	errs, err := r.Server.Apply(ctx, groups)
	if err != nil {
		return err
	}
	of := make(map[Place]manifest.Path)
	for _, c := range rest.Todo {
		of[Live(c.Path, c.Was)] = c.Path
	}
	eachError(groups, errs, func(step Step, err error) {
		for _, at := range []Place{step.From, step.To} {
			if p, ok := of[at]; ok && step.Op != MakeDir && step.Op != RemoveDir {
				why[p] = err
			}
		}
	})
	return nil
}

// eachError calls f for each step that failed.
func eachError(groups [][]Chain, errs [][][]error, f func(step Step, err error)) {
	for i, group := range groups {
		for k, chain := range group {
			for m, step := range chain {
				if err := errs[i][k][m]; err != nil {
					f(step, err)
				}
			}
		}
	}
}

// lookAtAll looks at the staged and the live place of every change, and at others when asked.
func (r *run) lookAtAll(ctx context.Context, next *Release) (func(Place) Look, error) {
	places := Places(next)
	looks, err := r.Server.Look(ctx, places, false)
	if err != nil {
		return nil, err
	}
	at := make(map[Place]Look, len(places))
	for i, p := range places {
		at[p] = looks[i]
	}
	return func(p Place) Look {
		if l, ok := at[p]; ok {
			return l
		}
		looks, err := r.Server.Look(ctx, []Place{p}, false)
		if err != nil {
			return Look{Err: err}
		}
		at[p] = looks[0]
		return looks[0]
	}, nil
}

// undo takes a commit back, of which some changes were refused. Everything that was replaced
// or deleted was set aside.
func (r *run) undo(ctx context.Context, next *Release, failed map[manifest.Path]error) error {
	var back []Chain
	for _, c := range slices.Backward(next.Changes) {
		if chain := c.undo(); len(chain) > 0 {
			back = append(back, chain)
		}
	}
	var dirs Chain
	for _, dir := range slices.Backward(r.plan.MakeDirs) {
		dirs = append(dirs, Step{Op: RemoveDir, From: Place{Path: string(dir)}})
	}
	if _, err := r.Server.Apply(ctx, [][]Chain{back, {dirs}}); err != nil {
		return brokeOff(err)
	}
	p, why := first(failed)
	changed, err := r.lookAgain(ctx)
	switch {
	case err != nil:
		return brokeOff(err)
	case changed != "":
		return fmt.Errorf("%q could not be put in place (%w), and %q could not be taken back: the next deploy finishes this release", p, why, changed)
	}
	if err := r.takeMarkBack(ctx, next); err != nil {
		return fmt.Errorf("taking the commit back: %w", err)
	}
	return fmt.Errorf("%q could not be put in place (%w): the release before is live again", p, why)
}

// undo returns the steps that take a change back.
func (c Change) undo() (chain Chain) {
	live := Live(c.Path, c.Was)
	if c.Kind == Put {
		chain = append(chain, Step{Op: Rename, From: live, To: Work(c.From)})
	}
	if c.Aside != "" {
		chain = append(chain, Step{Op: Rename, From: Work(c.Aside), To: live})
	}
	return chain
}

// takeMarkBack makes the commit a plan again, of which nothing is done.
func (r *run) takeMarkBack(ctx context.Context, next *Release) error {
	ending, err := r.endMaintenance(ctx, next)
	if err != nil {
		return err
	}
	back := append(ending, Step{Op: Rename, From: Work(commitName), To: Work(planName)})
	errs, err := r.Server.Apply(ctx, [][]Chain{{back}})
	if err != nil {
		return err
	}
	r.maintenanceEnded(ending, errs[0][0])
	_, err = first(r.stuck)
	return cmp.Or(err, errs[0][0][len(ending)])
}

// first returns the first path and its error.
func first(failed map[manifest.Path]error) (manifest.Path, error) {
	var least manifest.Path
	found := false
	for p := range failed {
		if !found || p.Compare(least) < 0 {
			least, found = p, true
		}
	}
	return least, failed[least]
}

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
	chain = append(chain, tidyStage(next)...)
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

// count puts what a commit did into the result.
func (r *run) count(next *Release, failed map[manifest.Path]error) {
	for _, c := range next.Changes {
		switch {
		case c.Kind == Remove:
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
