package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A Restoring is what it takes to bring one thing back. It was decided by looking, so that
// a dry run and a run come to the same.
type Restoring struct {
	Trashed
	// Aside is the file in its place, which goes to the trash first, or the root if there
	// is none.
	Aside manifest.Path
	// Err says why it cannot be restored.
	Err error
	// there says that nothing needs to be done: the empty directory is there.
	there bool
	aside manifest.Entry // what Aside is
}

// restoreHint is the way out where something is in the place of what is restored.
const restoreHint = "put the present version into the trash with --over, or give the old version another name with --as"

// PlanRestore looks at the places of things and decides how each comes back. Nothing is
// changed. With over set, files that are in the way go to the trash; otherwise they and
// directories are a reason not to restore.
func (t *Trash) PlanRestore(ctx context.Context, things []Trashed, over bool) ([]Restoring, error) {
	plan := make([]Restoring, len(things))
	for i, side := range t.sides {
		look := sync.Look{Dirs: []manifest.Path{manifest.Root}}
		seen := map[manifest.Path]bool{manifest.Root: true}
		for _, thing := range things {
			if thing.Side != sync.Side(i) {
				continue
			}
			for dir := thing.Path.Parent(); !seen[dir]; dir = dir.Parent() {
				seen[dir] = true
				look.Dirs = append(look.Dirs, dir)
			}
		}
		if side == nil {
			continue
		}
		tree, err := side.Scan(ctx, look)
		if err != nil {
			return nil, fmt.Errorf("looking at the %s side: %w", sync.Side(i), err)
		}
		d := restoreDecision{tree: tree, over: over, now: make(map[manifest.Path]manifest.Kind)}
		for k, thing := range things {
			if thing.Side == sync.Side(i) {
				plan[k] = d.decide(thing)
			}
		}
	}
	return plan, nil
}

// A restoreDecision decides about the things of one side, one after the other.
type restoreDecision struct {
	tree *manifest.Tree
	over bool
	now  map[manifest.Path]manifest.Kind // where earlier decisions change what is there
}

// at returns what will be at a path.
func (d *restoreDecision) at(p manifest.Path) manifest.Kind {
	if kind, ok := d.now[p]; ok {
		return kind
	}
	return d.tree.At(p).Kind
}

func (d *restoreDecision) decide(t Trashed) Restoring {
	r := Restoring{Trashed: t}
	switch {
	case t.CheckTarget() != nil:
		r.Err = t.CheckTarget()
		return r
	case !d.tree.Known(t.Path):
		r.Err = failed(fmt.Errorf("%s is not restored: its place on the %s side cannot be read", t.Path, t.Side), "")
		return r
	}
	for _, at := range wayTo(t.Path) {
		kind := d.at(at)
		_, restored := d.now[at]
		switch {
		case kind == manifest.None, kind == manifest.Dir && at != t.Path:
		case kind == manifest.Dir && t.Entry.IsDir() && d.over:
			r.there = true
		case kind == manifest.File && d.over && !restored:
			r.Aside, r.aside = at, d.tree.At(at)
		default:
			r.Err = inTheWay(t, at, kind, d.over)
			return r
		}
		if r.Aside != manifest.Root {
			break // nothing can be below a file
		}
	}
	for _, at := range wayTo(t.Path) {
		d.now[at] = manifest.Dir
	}
	d.now[t.Path] = t.Entry.Kind
	return r
}

// wayTo returns the directories above p and p itself, from the top down, without the root.
func wayTo(p manifest.Path) []manifest.Path {
	var way []manifest.Path
	for at := p; at != manifest.Root; at = at.Parent() {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}

// inTheWay says what keeps t from being restored.
func inTheWay(t Trashed, at manifest.Path, kind manifest.Kind, over bool) error {
	hint := restoreHint
	if over || kind != manifest.File {
		hint = "only a file is put into the trash: move it away first, or give the old version another name with --as"
	}
	if at != t.Path {
		return failed(fmt.Errorf("%s is not restored: %s is a %s on the %s side", t.Path, at, kind, t.Side), hint)
	}
	return failed(fmt.Errorf("%s is not restored: a %s is in its place on the %s side", t.Path, kind, t.Side), hint)
}

// Restore puts a thing back as it was planned, on the side that keeps it. What is there by
// now and was not planned for is not touched. last reports whether further calls are
// useless.
func (t *Trash) Restore(ctx context.Context, r Restoring) (last bool, err error) {
	err = t.restore(ctx, r)
	if !r.there {
		t.record.Restored(r.Side, r.Trashed.Trashed, err)
	}
	last = ctx.Err() != nil || errors.Is(err, sync.ErrFatal)
	if errors.Is(err, sync.ErrChanged) {
		err = failed(fmt.Errorf("%s is not restored: its place on the %s side, or the trash, has just changed: %w", r.Path, r.Side, err), "try again; "+restoreHint)
	}
	return last, err
}

func (t *Trash) restore(ctx context.Context, r Restoring) error {
	switch {
	case r.Err != nil:
		return r.Err
	case r.there:
		return nil
	}
	side := t.sides[r.Side]
	if r.Aside != manifest.Root {
		var err error
		step := sync.Step{Op: sync.Remove, Path: r.Aside, Expect: r.aside, Trash: true}
		side.Apply(ctx, []sync.Step{step}, func(_ int, out sync.Outcome) { err = out.Err })
		t.record.Step(r.Side, step, "makes way for the version in the trash", err)
		if err != nil {
			return fmt.Errorf("putting the present version into the trash: %w", err)
		}
	}
	err := side.Restore(ctx, r.Trashed.Trashed)
	if err != nil && r.Aside != manifest.Root {
		err = errors.Join(err, putBack(context.WithoutCancel(ctx), side, r.Aside, r.aside))
	}
	return err
}

// putBack restores a version that went to the trash a moment ago for one that then could
// not be restored.
func putBack(ctx context.Context, side Store, at manifest.Path, was manifest.Entry) error {
	things, err := side.Trashed(ctx, time.Time{})
	for _, thing := range things { // the latest first
		if thing.Path == at && manifest.Unchanged(was, thing.Entry) {
			return side.Restore(ctx, thing)
		}
	}
	return errors.Join(fmt.Errorf("the present version of %s is in the trash", at), err)
}
