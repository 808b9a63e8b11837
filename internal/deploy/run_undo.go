package deploy

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"ferry/internal/text"
	"ferry/manifest"
)

// undo takes a commit back, of which some changes were refused. Everything that was replaced
// or deleted was set aside.
func (r *run) undo(ctx context.Context, next *Release, failed map[manifest.Path]error) error {
	looks, err := r.lookAtAll(ctx, next)
	if err != nil {
		return brokeOff(err)
	}
	groups, err := undoSteps(next, r.state, r.plan.MakeDirs, looks)
	if err != nil {
		return brokeOff(err)
	}
	if _, err := r.Server.Apply(ctx, groups); err != nil {
		return brokeOff(err)
	}
	why := notPlaced(failed)
	changed, err := r.lookAgain(ctx)
	switch {
	case err != nil:
		return brokeOff(err)
	case changed != "":
		return fmt.Errorf("%w, and %q could not be taken back: the next deploy finishes this release", why, changed)
	}
	if err := r.takeMarkBack(ctx, next); err != nil {
		return fmt.Errorf("taking the commit back: %w", err)
	}
	return fmt.Errorf("%w: the release before is live again", why)
}

// notPlaced returns the error for changes that could not be made. It names some of them.
func notPlaced(failed map[manifest.Path]error) error {
	p, why := first(failed)
	if len(failed) == 1 {
		return fmt.Errorf("%q could not be put in place (%w)", p, why)
	}
	var quoted []string
	for _, p := range slices.SortedFunc(maps.Keys(failed), manifest.Path.Compare) {
		quoted = append(quoted, fmt.Sprintf("%q", p))
	}
	return fmt.Errorf("%d files could not be put in place: %s (%w)", len(failed), text.Some(quoted, mostNamed), why)
}

// undoSteps returns what takes those changes of next back that were made, in the opposite order
// of [Steps]. The directories that were removed come first, those in made, which the commit has
// made, go last.
func undoSteps(next, before *Release, made []manifest.Path, looks func(Place) Look) ([][]Chain, error) {
	u := &undoing{before: before, made: made, looks: looks, free: map[string]bool{}, dirs: map[manifest.Path]bool{}}
	var groups [][]Chain
	changes := next.Changes
	for len(changes) > 0 {
		n := len(changes) - 1
		for n > 0 && changes[n-1].Class == changes[n].Class {
			n--
		}
		class := changes[n:]
		changes = changes[:n]
		cut := 0 // what has made way comes back last, one after the other
		for cut < len(class) && class[cut].Kind == Remove {
			cut++
		}
		if cut == len(class) {
			cut = 0
		}
		var chains []Chain
		for i := range class[cut:] {
			chains = append(chains, u.undo(&class[cut+i]))
		}
		var way Chain
		for i := range slices.Backward(class[:cut]) {
			way = append(way, u.undo(&class[i])...)
		}
		groups = append(groups, chains, []Chain{way})
	}
	var again, away Chain
	for _, dir := range slices.SortedFunc(maps.Keys(u.dirs), manifest.Path.Compare) {
		again = append(again, Step{Op: MakeDir, To: Place{Path: string(dir)}})
	}
	for _, dir := range slices.Backward(made) {
		away = append(away, Step{Op: RemoveDir, From: Place{Path: string(dir)}})
	}
	return append(append([][]Chain{{again}}, groups...), []Chain{away}), u.err
}

// An undoing collects the steps that take a commit back.
type undoing struct {
	before *Release
	made   []manifest.Path
	looks  func(Place) Look
	free   map[string]bool        // paths without their case from which a file of the release goes
	dirs   map[manifest.Path]bool // that must be there for what comes back
	err    error                  // something could not be looked at
}

// undo returns the steps that take a change back, as far as it was made.
func (u *undoing) undo(c *Change) (chain Chain) {
	live := Live(c.Path, c.Was)
	if c.Kind == Chmod {
		if f := u.fileBefore(c.Path); f != nil && f.Mode != 0 {
			chain = append(chain, Step{Op: SetMode, To: live, Mode: f.Mode})
		}
		return chain
	}
	if c.Was.IsDir() {
		return Chain{{Op: MakeDir, To: live}}
	}
	name := manifest.Fold(string(c.Path))
	now := u.at(live)
	if c.Aside != "" && c.Was.IsFile() && now.Exists() && !u.at(Work(c.Aside)).Exists() {
		return nil // the version before is lost, or was not set aside: what is there stays
	}
	if c.Kind == Put && now.IsFile() && manifest.Unchanged(c.Is, now) && !u.at(Work(c.From)).Exists() {
		chain = append(chain, Step{Op: Rename, From: live, To: Work(c.From)})
		u.free[name] = true
	}
	if c.Aside == "" || !u.at(Work(c.Aside)).Exists() || now.IsFile() && !u.free[name] {
		return chain
	}
	if c.Kind == Remove {
		addAncestors(u.dirs, c.Path)
		delete(u.dirs, manifest.Root)
	}
	for _, dir := range slices.Backward(u.made) {
		if dir.Within(c.Path) {
			chain = append(chain, Step{Op: RemoveDir, From: Place{Path: string(dir)}})
		}
	}
	return append(chain, Step{Op: Rename, From: Work(c.Aside), To: live})
}

func (u *undoing) at(p Place) manifest.Entry {
	l := u.looks(p)
	if l.Err != nil {
		u.err = cmp.Or(u.err, fmt.Errorf("%s: %w", p.Path, l.Err))
	}
	return l.Entry
}

func (u *undoing) fileBefore(p manifest.Path) *File {
	if u.before == nil {
		return nil
	}
	return u.before.File(p)
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
