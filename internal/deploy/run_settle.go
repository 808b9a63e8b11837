package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/text"
	"ferry/manifest"
)

// mostCommits is how often what is left of a commit is looked at and done.
const mostCommits = 3

// anyError reports whether a step failed that a release rests on.
func anyError(groups [][]Chain, errs [][][]error) (found bool) {
	eachError(groups, errs, func(step Step, _ error) {
		found = found || step.Op == Rename || step.Op == Delete
	})
	return found
}

// errChanged says why a change is not made.
var errChanged = errors.New("somebody else has changed it meanwhile: the next deploy sees that")

// settle finds out what of a commit is not done and does it. It returns the changes that
// cannot be made.
func (r *run) settle(ctx context.Context, next *Release, doubt bool) (failed map[manifest.Path]error, err error) {
	why := make(map[manifest.Path]error)
	told := make(map[manifest.Path]bool)
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
		for _, c := range rest.Changed {
			failed[c.Path] = errChanged
		}
		r.tellOverwritten(rest, told)
		if attempt > 0 { // modes are set once: few servers show them
			rest.Todo = slices.DeleteFunc(rest.Todo, func(c Change) bool { return c.Kind == Chmod })
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

// tellOverwritten tells once of versions that are lost, since the server refused to set them aside
// and put the new ones over them. told has what was told.
func (r *run) tellOverwritten(rest Rest, told map[manifest.Path]bool) {
	var quoted []string
	for _, c := range rest.Overwritten {
		if !told[c.Path] {
			quoted, told[c.Path] = append(quoted, fmt.Sprintf("%q", c.Path)), true
		}
	}
	for _, c := range rest.Todo {
		told[c.Path] = told[c.Path] || !c.Was.Exists() // nothing stands there that could be lost
	}
	if len(quoted) == 0 {
		return
	}
	r.Observer(Warned{Text: fmt.Sprintf("the server put new files over old ones that it had refused to set aside, so these old versions are lost, and this release cannot be rolled back: %s",
		text.Some(quoted, mostNamed))})
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
	r.tellModes(groups, errs)
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
