package sync

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
	"ferry/sync/shift"
)

// minPartialLimit is the number of paths from which on a scope that covers most of
// the base is given up for a full pass.
const minPartialLimit = 4096

// expandScope lists what the plan touches and has not been listed yet. It reports
// whether there was anything, in which case the plan must be made again. Together
// with the loop in decide it enforces the rule for passes that do not list
// everything: where only the base is known, nothing is touched.
func (p *pass) expandScope(ctx context.Context) (bool, error) {
	if p.listed[Local] == nil {
		return false, nil // everything was listed
	}
	var want [2][]manifest.Path
	some := false
	for _, s := range [...]Side{Local, Remote} {
		for _, dir := range p.touchedDirs(s) {
			if p.unlisted(s, dir) {
				want[s] = append(want[s], dir)
				some = true
			}
		}
	}
	if !some {
		return false, nil
	}
	return true, p.listDirs(ctx, want)
}

// unlisted reports whether dir, which should be a directory on side s, has not
// been listed.
func (p *pass) unlisted(s Side, dir manifest.Path) bool {
	return !p.everything[s] && !p.listed[s][dir] && p.trees[s].At(dir).IsDir()
}

// listDirs lists directories, and then whatever must be listed because of what
// they show.
func (p *pass) listDirs(ctx context.Context, want [2][]manifest.Path) error {
	for {
		for s := range want {
			slices.SortFunc(want[s], manifest.Path.Compare)
			want[s] = slices.Compact(want[s])
		}
		if len(want[Local])+len(want[Remote]) == 0 {
			return nil
		}
		if p.partialBase != nil {
			for _, dirs := range want {
				for _, dir := range dirs {
					p.partialBase.AddChildren(dir)
				}
			}
			p.fillFromBase()
			if p.partTooLarge() {
				return errNeedsFullPass // before anything is listed twice
			}
		}
		if err := p.list(ctx, want); err != nil {
			return err
		}
		want = p.dirsToList()
		if p.partialBase == nil {
			continue
		}
		if p.partTooLarge() || p.looksShifted() {
			return errNeedsFullPass
		}
	}
}

// partTooLarge reports whether the part now covers most of the pair.
func (p *pass) partTooLarge() bool {
	n := p.partialBase.Len()
	return n > minPartialLimit && n > p.record.Len()/2
}

// list lists directories on both sides at the same time and adds the results to
// the trees.
func (p *pass) list(ctx context.Context, want [2][]manifest.Path) error {
	var fresh [2]*manifest.Tree
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opts.Workers)
	for _, s := range [...]Side{Local, Remote} {
		if len(want[s]) == 0 {
			continue
		}
		group.Go(func() (err error) {
			fresh[s], err = p.scanSide(gctx, s, want[s])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for s, dirs := range want {
		if len(dirs) == 0 {
			continue
		}
		if p.rootEmptied(dirs, fresh[s]) {
			return errNeedsFullPass
		}
		p.trees[s] = p.trees[s].Graft(dirs, fresh[s])
		if Side(s) == Local {
			p.keepUnreported(dirs, fresh[s])
		}
		for _, dir := range dirs {
			p.listed[s][dir] = true
		}
	}
	return nil
}

// rootEmptied reports whether a listing shows a root in which nothing is left. The
// rails must decide about that before any file is written there, because then the
// root would not look empty any more.
func (p *pass) rootEmptied(dirs []manifest.Path, fresh *manifest.Tree) bool {
	return p.partialBase != nil && slices.Contains(dirs, manifest.Root) && fresh.Known(manifest.Root) && !showsAnything(fresh, manifest.Root)
}

// dirsToList returns what must be listed because of what was found.
func (p *pass) dirsToList() (want [2][]manifest.Path) {
	p.addChangedDirs()
	for _, s := range [...]Side{Local, Remote} {
		for dir := range p.listed[s] {
			if parent := dir.Parent(); p.looksGone(s, dir) && p.unlisted(s, parent) {
				want[s] = append(want[s], parent)
			}
		}
		if p.partialBase == nil {
			continue
		}
		if p.comparesWholeSides() {
			for dir := range p.listed[s.Other()] {
				if p.unlisted(s, dir) {
					want[s] = append(want[s], dir)
				}
			}
		}
		for path, e := range p.trees[s].All() {
			if e.IsDir() && p.unlisted(s, path) && (p.isNew(s, path, e) || s == Local && p.isReported(path)) {
				want[s] = append(want[s], path)
			}
		}
	}
	return want
}

// comparesWholeSides reports whether every directory that is listed on one side must
// be listed on the other too, because a difference counts even where neither side
// changed.
func (p *pass) comparesWholeSides() bool {
	return p.policy.Direction != Both && (p.opts.Verify || p.policy.Exact)
}

// looksGone reports whether a listing of dir showed nothing, so that only the
// listing of its parent can tell whether it exists. So if a side has lost
// everything, the listings go up to the root, wherever they began.
func (p *pass) looksGone(s Side, dir manifest.Path) bool {
	return dir != manifest.Root && !p.trees[s].At(dir).Holds && p.trees[s].Known(dir) && !showsAnything(p.trees[s], dir)
}

// isNew reports whether the directory that side s shows at path is not the one in
// the base: there was none, or another one.
func (p *pass) isNew(s Side, path manifest.Path, now manifest.Entry) bool {
	pair, _ := p.base.At(path)
	was := entryOn(pair, s)
	return !was.IsDir() || was.ID != 0 && now.ID != 0 && was.ID != now.ID
}

// isReported reports whether the scope names the local path or a directory above
// it.
func (p *pass) isReported(path manifest.Path) bool {
	if p.reported[path] {
		return true
	}
	for dir := range path.Ancestors {
		if p.reported[dir] {
			return true
		}
	}
	return false
}

// addChangedDirs loads everything that is recorded below a directory that one side
// lacks, or that the base does not have or knows as another one. Such a directory
// stands for all of its contents and must not look empty.
func (p *pass) addChangedDirs() {
	if p.partialBase == nil {
		return
	}
	for again := true; again; {
		again = false
		for path, pair := range p.partialBase.All() {
			if pair.Kind() == manifest.Dir && (p.lacks(Local, path) || p.lacks(Remote, path)) {
				again = p.partialBase.AddBelow(path) || again
			}
		}
		for _, s := range [...]Side{Local, Remote} {
			for path, e := range p.trees[s].All() {
				if e.IsDir() && p.isNew(s, path, e) {
					again = p.partialBase.AddBelow(path) || again
				}
			}
		}
		p.fillFromBase()
	}
}

// lacks reports whether side s is known to have no directory at path.
func (p *pass) lacks(s Side, path manifest.Path) bool {
	return !p.trees[s].At(path).IsDir() && p.trees[s].Known(path)
}

// fillFromBase adds what was loaded from the base to the trees, except where a
// listing has shown what is there.
func (p *pass) fillFromBase() {
	news := p.partialBase.TakeAdded()
	if len(news) == 0 {
		return
	}
	for _, s := range [...]Side{Local, Remote} {
		var b manifest.Builder
		for _, path := range news {
			pair, _ := p.partialBase.At(path)
			e := entryOn(pair, s)
			if !p.listingTells(s, path) && (p.opts.Ignore == nil || !p.opts.Ignore(path, e.IsDir())) {
				b.Add(path, e)
			}
		}
		p.trees[s] = p.trees[s].Join(b.Tree())
	}
}

// listingTells reports whether a listing of side s shows what is at path, or that
// something above it is not a directory.
func (p *pass) listingTells(s Side, path manifest.Path) bool {
	if p.listed[s][path.Parent()] {
		return true
	}
	for dir := range path.Ancestors {
		if dir != manifest.Root && p.listed[s][dir.Parent()] && p.lacks(s, dir) {
			return true
		}
	}
	return false
}

// looksShifted reports whether the listed directories of the server look as if all
// times or identities had changed at once.
func (p *pass) looksShifted() bool {
	if p.opts.DryRun {
		return false
	}
	seen := func(yield func(manifest.Path, manifest.Pair) bool) {
		for path, pair := range p.partialBase.All() {
			if p.listed[Remote][path.Parent()] && !yield(path, pair) {
				return
			}
		}
	}
	if len(shift.IDs(seen, p.trees[Remote])) > 0 {
		return true
	}
	_, paths := shift.Times(seen, p.trees[Remote])
	return len(paths) > 0
}
