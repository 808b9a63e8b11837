package sync

import (
	"context"
	"fmt"

	"ferry/manifest"
)

// lookAtRoots checks that both roots exist, and stops the pass if something is
// wrong with them.
func (p *pass) lookAtRoots(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		root, err := p.sides[s].Root(ctx, false)
		if err != nil {
			return fmt.Errorf("looking at the %s root: %w", s, err)
		}
		p.roots[s] = root
	}
	for _, s := range [...]Side{Local, Remote} {
		if err := p.checkRoot(s); err != nil {
			return err
		}
	}
	if p.roots[Local].Kind == manifest.None && p.roots[Remote].Kind == manifest.None {
		return &MissingRootError{
			What: fmt.Sprintf("neither %s nor %s is there", p.roots[Local].Where, p.roots[Remote].Where),
			Hint: "make one of them, and a first pass makes the other",
		}
	}
	return nil
}

// A MissingRootError is returned by a first pass that finds no directory to take files from.
type MissingRootError struct {
	What string
	Hint string // what to do
}

func (e *MissingRootError) Error() string { return e.What }

func (p *pass) checkRoot(s Side) error {
	root := p.roots[s]
	switch {
	case root.Kind == manifest.Dir:
		return nil
	case root.Kind != manifest.None:
		return &UnsafeError{
			What:  fmt.Sprintf("%s is not a directory but a %s", root.Where, root.Kind),
			Hint:  "name the directory itself, and not a file in it or in its place",
			Usage: true,
		}
	case p.synced():
		return &UnsafeError{
			What: fmt.Sprintf("%s is not there any more", root.Where),
			Hint: "check that the disk is mounted and that this is the right server; if everything was meant to go, put an empty directory there and run again with --accept-empty, which deletes what the other side has",
		}
	case !p.policy.Direction.writes(s):
		hint := "name the directory that holds the files"
		if s == Remote {
			hint = "is the path right? It counts from the directory of the login, and after // from the top of the server"
		}
		return &MissingRootError{What: fmt.Sprintf("%s is not there, and a %s takes its files from there", root.Where, p.policy.Direction), Hint: hint}
	}
	return nil
}

// synced reports whether anything was recorded for this pair before.
func (p *pass) synced() bool {
	local, remote := p.record.Roots()
	return p.record.Len() > 0 || local != "" || remote != "" || p.record.Part()
}

// checkReplaced stops a pass that would delete many files because a root is another
// directory than last time.
func (p *pass) checkReplaced(files int) error {
	was := [2]string{}
	was[Local], was[Remote] = p.record.Roots()
	for _, s := range [...]Side{Local, Remote} {
		if was[s] == "" || p.roots[s].ID == "" || was[s] == p.roots[s].ID || p.opts.Limits.AllowDeletes {
			continue
		}
		files, deletes := p.filesAsked(files), p.plan.deletes(s.Other())
		if deletes == 0 || deletes*4 <= files || s == Local && p.opts.NamedRoot && p.provenSame()*2 >= files {
			continue
		}
		return &UnsafeError{
			What: fmt.Sprintf("%s is not the directory that it was in the last pass: %s would be deleted on the %s side",
				p.roots[s].Where, plural(deletes, "file"), s.Other()),
			Hint: "if it is the right one nevertheless, run again with --allow-deletes",
		}
	}
	return nil
}

// provenSame counts the local files that have another stamp than in the base, and were
// read and found to have the same content.
func (p *pass) provenSame() int {
	return p.plan.count(func(a *Action) bool { return a.Op == Refresh && a.LocalChange == Touched })
}

// makeRoots makes a root that is missing.
func (p *pass) makeRoots(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		if p.roots[s].Kind == manifest.Dir {
			continue
		}
		root, err := p.sides[s].Root(ctx, true)
		if err != nil {
			return fmt.Errorf("making the %s root: %w", s, err) // which says where that is
		}
		p.roots[s] = root
	}
	return nil
}

// recordRoots records which directories the base describes from now on.
func (p *pass) recordRoots(context.Context) error {
	var err error
	switch {
	case p.opts.Only == nil:
		err = p.record.SetRoots(p.roots[Local].ID, p.roots[Remote].ID)
	case !p.synced():
		err = p.record.SetPart() // the rails of a whole pass compare with what a whole pass has seen
	}
	if err != nil {
		return fmt.Errorf("recording the roots: %w", err)
	}
	return nil
}
