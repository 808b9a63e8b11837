// Package explain tells what a pass knows of one path, and what it would do with it and
// why. It listens to a dry run of a pass over that path.
package explain

import (
	"errors"

	"ferry/manifest"
	"ferry/sync"
)

// An Explanation is what is known of a path.
type Explanation struct {
	Path manifest.Path
	// Ignored says that the path never travels, and Pattern what decides about that.
	Ignored bool
	Pattern string
	// Now is what each side shows, by [sync.Side], and Base what both agreed on in the last
	// pass, if there is a record of it.
	Now      [2]manifest.Entry
	Base     manifest.Pair
	Recorded bool
	// Actions, Conflicts, Skips and Problems are those of the plan at the path itself, and the
	// renames of directories above it. Below counts the actions below it.
	Actions   []sync.Action
	Conflicts []sync.Conflict
	Skips     []sync.Skip
	Problems  [2][]manifest.Problem
	Below     int
	// Stopped is the rail that stops the pass; nil: none does.
	Stopped *sync.UnsafeError
}

// Observe takes the events of the dry run.
func (e *Explanation) Observe(ev sync.Event) {
	switch ev := ev.(type) {
	case sync.Scanned:
		e.doubt(ev.Side, ev.Problems)
	case sync.Doubted:
		e.doubt(ev.Side, ev.Problems)
	case sync.Planned:
		e.take(ev.Plan)
	}
}

func (e *Explanation) doubt(s sync.Side, problems []manifest.Problem) {
	for _, q := range problems {
		if path := q.Path.Join(q.Name); path.Within(e.Path) || q.Name == "" && e.Path.Within(path) {
			e.Problems[s] = append(e.Problems[s], q)
		}
	}
}

func (e *Explanation) take(plan *sync.Plan) {
	e.Actions, e.Conflicts, e.Skips, e.Below = nil, nil, nil, 0
	for _, a := range plan.Actions.All() {
		switch {
		case a.Path == e.Path || a.From == e.Path && a.From != manifest.Root,
			a.Op == sync.Rename && (e.Path.Below(a.From) || e.Path.Below(a.Path)):
			e.Actions = append(e.Actions, *a)
		case a.Visible() && (a.Path.Below(e.Path) || a.From.Below(e.Path)):
			e.Below++
		}
	}
	for _, c := range plan.Conflicts {
		if c.Path == e.Path {
			e.Conflicts = append(e.Conflicts, c)
		}
	}
	for _, s := range plan.Skips {
		if s.Path == e.Path || e.Path.Below(s.Path) {
			e.Skips = append(e.Skips, s)
		}
	}
}

// MayMove reports whether what a pass over the path alone would do may be one end of a
// rename, which only a pass over everything shows.
func (e *Explanation) MayMove() bool {
	for _, a := range e.Actions {
		switch a.Op {
		case sync.Upload, sync.Download, sync.Delete, sync.Mkdir, sync.Rmdir:
			return true
		}
	}
	return e.Below > 0
}

// Finish takes what both sides showed, the record, and what the dry run ended with. It
// returns the errors that are no part of the explanation.
func (e *Explanation) Finish(trees [2]*manifest.Tree, base manifest.Base, err error) error {
	for s, tree := range trees {
		e.Now[s] = tree.At(e.Path)
	}
	e.Base, e.Recorded = base.At(e.Path)
	var nowhere *sync.NothingThereError
	if errors.As(err, &e.Stopped) || errors.As(err, &nowhere) {
		return nil
	}
	return err
}

// Known reports whether a side or the record has anything at the path.
func (e *Explanation) Known() bool {
	return e.Now[sync.Local].Exists() || e.Now[sync.Remote].Exists() || e.Recorded
}
