package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"

	"ferry/internal/reserved"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/copyname"

	"golang.org/x/sync/errgroup"
)

// A Snapshot is what both sides of a pair were when they were scanned, with the
// conflicts in it. The sides stay open until Close.
type Snapshot struct {
	Conflicts []*Conflict // in the order of paths
	// Problems are the parts of each side that could not be read.
	Problems [2][]manifest.Problem

	reserved *reserved.Set // of the pair: a copy of such a name is a file like any other
	sides    [2]Store
	trees    [2]*manifest.Tree
	close    func() error
}

// Snapshot scans both sides for conflicts: for conflict copies and, unless only copies
// are wanted, for what a pass would find now. The rules of the pair must have been
// read.
func (o *Opener) Snapshot(ctx context.Context, p *Pair, copiesOnly bool) (*Snapshot, error) {
	s := &Snapshot{reserved: p.Reserved}
	var plan *sync.Plan
	var err error
	if copiesOnly {
		err = s.scan(ctx, o, p)
	} else {
		plan, err = s.plan(ctx, o, p)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for side, tree := range s.trees {
		s.Problems[side] = tree.Problems()
	}
	s.find(plan)
	return s, nil
}

// Close lets go of the sides.
func (s *Snapshot) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

// scan scans both sides, without what is remembered of the pair.
func (s *Snapshot) scan(ctx context.Context, o *Opener, p *Pair) (err error) {
	s.sides, s.close, err = o.openSides(ctx, p, func(sync.Side) bool { return true })
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, side := range s.sides {
		if side == nil {
			continue
		}
		group.Go(func() (err error) {
			s.trees[i], err = side.Scan(ctx, sync.Look{Ignore: p.ignored})
			return err
		})
	}
	return group.Wait()
}

// plan makes a plan, which is not carried out, and keeps the trees that it was made
// of. A rail that would stop the pass does not matter here.
func (s *Snapshot) plan(ctx context.Context, o *Opener, p *Pair) (*sync.Plan, error) {
	var plan *sync.Plan
	var mu stdsync.Mutex
	p.Verify = true // all of the target is to be scanned
	opts := PassOptions{DryRun: true, trees: &s.trees, Observer: func(ev sync.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch ev := ev.(type) {
		case sync.Planned:
			plan = ev.Plan
		case sync.Noticed:
			o.note(ev.Text)
		}
	}}
	open, err := o.open(ctx, p, opts)
	if errors.Is(err, manifest.ErrLocked) {
		return nil, &Error{Code: ExitLocked, Err: err, Hint: "wait for it to end, or look at the copies only with --copies"}
	}
	if err != nil {
		return nil, err
	}
	s.sides, s.close = open.Sides, open.Close
	_, err = open.Engine.Sync(ctx)
	var unsafe *sync.UnsafeError
	if errors.As(err, &unsafe) && !unsafe.Usage {
		err = nil
	}
	return plan, err
}

// find finds the conflicts in the trees and the plan.
func (s *Snapshot) find(plan *sync.Plan) {
	known := resolvedCopies(plan)
	for _, tree := range s.trees {
		for path, e := range tree.All() {
			c, ok := copyname.Parse(path)
			if !ok || !e.IsFile() || known[path] || s.reserved.Match(c.Of) {
				continue
			}
			known[path] = true
			s.Conflicts = append(s.Conflicts, &Conflict{
				Path: c.Of, Copy: path, Loser: sideOf(c), Named: s.at(c.Of), Copied: s.at(path), Why: copyOrigin(c),
			})
		}
	}
	if plan != nil {
		for _, c := range plan.Conflicts {
			s.Conflicts = append(s.Conflicts, &Conflict{
				Path: c.Path, Loser: c.Loser, Named: [2]manifest.Entry{c.Local, c.Remote},
				Why: fmt.Sprintf("%s here, %s on the server; a pass: %s", c.LocalChange, c.RemoteChange, c.Outcome()),
			})
		}
	}
	slices.SortFunc(s.Conflicts, func(a, b *Conflict) int {
		if c := a.Path.Compare(b.Path); c != 0 {
			return c
		}
		return a.Copy.Compare(b.Copy)
	})
}

// resolvedCopies returns the conflict copies that were resolved on one side: the next
// pass is going to remove or rename them on the other.
func resolvedCopies(plan *sync.Plan) map[manifest.Path]bool {
	resolved := make(map[manifest.Path]bool)
	if plan == nil {
		return resolved
	}
	for _, a := range plan.Actions.All() {
		switch a.Op {
		case sync.Delete:
			resolved[a.Path] = true
		case sync.Rename:
			resolved[a.From] = true
		}
	}
	return resolved
}

// at returns what the sides have at a path.
func (s *Snapshot) at(p manifest.Path) [2]manifest.Entry {
	return [2]manifest.Entry{s.trees[sync.Local].At(p), s.trees[sync.Remote].At(p)}
}

// Find returns the conflict that a person typed, by its path or that of its copy, see
// [Workspace.PathIn].
func (s *Snapshot) Find(w Workspace, p *Pair, typed string) (*Conflict, error) {
	path, err := w.PathIn(p, typed, func(path manifest.Path) bool { return len(s.named(path)) > 0 })
	if err != nil {
		return nil, err
	}
	found := s.named(path)
	switch len(found) {
	case 0:
		return nil, failed(fmt.Errorf("there is no conflict at %s", path), "\"ferry conflicts\" lists them")
	case 1:
		return found[0], nil
	}
	var copies []string
	for _, c := range found {
		if !c.Waits() {
			copies = append(copies, string(c.Copy))
		}
	}
	return nil, failed(fmt.Errorf("there is more than one conflict at %s", path), "settle each copy by its own name: "+strings.Join(copies, ", "))
}

// named returns the conflicts with a path, be it theirs or that of their copy.
func (s *Snapshot) named(path manifest.Path) []*Conflict {
	var found []*Conflict
	for _, c := range s.Conflicts {
		if c.Path == path || c.Copy == path && !c.Waits() {
			found = append(found, c)
		}
	}
	return found
}

// Whole reports whether both sides could be read, but for names that cannot travel.
func (s *Snapshot) Whole() bool {
	for _, side := range Sides {
		for _, p := range s.Problems[side] {
			if side != sync.Local || !p.Unnameable() {
				return false
			}
		}
	}
	return true
}
