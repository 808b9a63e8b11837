package sync

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// windowLeast is the number of pairs from which on a window that holds most of
// the base is given up for a pass over everything.
const minPartialLimit = 4096

// widen lists what the plan touches and nobody has looked at yet. It reports
// whether there was any, so that the plan must be made again. In the loop of
// decide it holds the rule of a pass that does not look at everything: what was
// not listed is known by the base's word only, and nothing there is touched.
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

// unseen reports whether dir, as far as known a directory of side s, was not
// listed.
func (p *pass) unlisted(s Side, dir manifest.Path) bool {
	return !p.everything[s] && !p.listed[s][dir] && p.trees[s].At(dir).IsDir()
}

// lookInto lists directories, and whatever they show must be listed with them.
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
					p.partialBase.addChildren(dir)
				}
			}
			p.fillFromBase()
			if p.partTooLarge() {
				return errNeedsFullPass // before the part is listed, and then everything again
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

// windowFull reports whether the part has become most of the whole.
func (p *pass) partTooLarge() bool {
	n := p.partialBase.Len()
	return n > minPartialLimit && n > p.record.Len()/2
}

// list lists directories on both sides at once and puts what they show into the
// trees.
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

// emptied reports whether a listing of directories shows a root in which nothing
// is left. That is for the rails to judge, before anything is put there: with one
// file in it, it would not look emptied any more.
func (p *pass) rootEmptied(dirs []manifest.Path, fresh *manifest.Tree) bool {
	return p.partialBase != nil && slices.Contains(dirs, manifest.Root) && fresh.Known(manifest.Root) && !showsAnything(fresh, manifest.Root)
}

// followUp returns what must be listed because of what was seen.
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

// mirrors reports whether what is listed on one side must be listed on the
// other, since a difference counts even where neither side changed.
func (p *pass) comparesWholeSides() bool {
	return p.policy.Direction != Both && (p.opts.Verify || p.policy.Exact)
}

// looksGone reports whether a listing of dir showed nothing, so that only the
// listing of its parent can tell whether it is there. A side that lost everything
// is therefore seen to the root, whatever part of it was looked at first.
func (p *pass) looksGone(s Side, dir manifest.Path) bool {
	if dir == manifest.Root || p.trees[s].At(dir).Holds || !p.trees[s].Known(dir) {
		return false
	}
	for range p.trees[s].Below(dir) {
		return false
	}
	return true
}

// isNew reports whether the directory that side s shows at path is none that the
// base knows: there was none, or another one.
func (p *pass) isNew(s Side, path manifest.Path, now manifest.Entry) bool {
	pair, _ := p.base.At(path)
	was := entryOn(pair, s)
	return !was.IsDir() || was.ID != 0 && now.ID != 0 && was.ID != now.ID
}

// isDirty reports whether path is in what the scope says of the local side.
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

// takeChanged takes into the window all that is recorded below a directory that
// a side lacks, or has where the base has none or another one: such a directory
// stands for all that is in it, and must not look empty.
func (p *pass) addChangedDirs() {
	if p.partialBase == nil {
		return
	}
	for again := true; again; {
		again = false
		for path, pair := range p.partialBase.All() {
			if pair.Kind() == manifest.Dir && (p.lacks(Local, path) || p.lacks(Remote, path)) {
				again = p.partialBase.addBelow(path) || again
			}
		}
		for _, s := range [...]Side{Local, Remote} {
			for path, e := range p.trees[s].All() {
				if e.IsDir() && p.isNew(s, path, e) {
					again = p.partialBase.addBelow(path) || again
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

// recall puts what was taken into the window into the trees as the base has it,
// where no listing knows better.
func (p *pass) fillFromBase() {
	news := p.partialBase.takeAdded()
	if len(news) == 0 {
		return
	}
	for _, s := range [...]Side{Local, Remote} {
		var b manifest.Builder
		for _, path := range news {
			e := entryOn(p.partialBase.pairs[path], s)
			if !p.listingTells(s, path) && (p.opts.Ignore == nil || !p.opts.Ignore(path, e.IsDir())) {
				b.Add(path, e)
			}
		}
		p.trees[s] = p.trees[s].Join(b.Tree())
	}
}

// answered reports whether a listing of side s says what is at path, or that a
// directory above it is none.
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

// looksShifted reports whether the directories of the server that were listed
// look as if all its times or identities had changed at once.
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
	if len(renumbered(seen, p.trees[Remote], Remote)) > 0 {
		return true
	}
	_, paths := timeShift(seen, p.trees[Remote], Remote)
	return len(paths) > 0
}
