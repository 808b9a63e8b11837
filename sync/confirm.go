package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/manifest"
)

// confirmGone asks each side about names that are missing from its listing if the
// plan would therefore remove or rename something on the other side, or forget
// what neither side has. It decides again until all of them are confirmed. What is
// not confirmed is unknown, and causes no removal.
func (p *pass) confirmGone(ctx context.Context) error {
	var confirmed, answered [2]map[manifest.Path]bool
	for s := range confirmed {
		confirmed[s], answered[s] = make(map[manifest.Path]bool), make(map[manifest.Path]bool)
	}
	for {
		asked, news := 0, false
		for _, s := range [...]Side{Local, Remote} {
			paths, was := p.missingNames(s, confirmed[s])
			if len(paths) == 0 {
				continue
			}
			asked += len(paths)
			for _, path := range paths {
				news = news || !answered[s][path]
				answered[s][path] = true
			}
			answers := p.sides[s].Gone(ctx, paths, was)
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if err := p.awaitOther(ctx, s, answers); err != nil {
				return err
			}
			p.takeAnswers(s, paths, answers, confirmed[s])
		}
		if asked == 0 {
			return nil
		}
		if !news {
			return errors.New("the plan goes on to rely on names that may be there: nothing was done")
		}
		if err := p.decide(ctx); err != nil {
			return err
		}
	}
}

// awaitOther takes the lock of side s where somebody else was at work when it was asked:
// what looks missing may be on its way. With the lock, the pass looks at both sides again.
// Where somebody goes on to hold it, what was asked for stays unknown, and so it is in a
// dry run.
func (p *pass) awaitOther(ctx context.Context, s Side, answers []error) error {
	held := slices.ContainsFunc(answers, func(err error) bool { return errors.Is(err, ErrHeld) })
	if !held || p.opts.DryRun || p.locks.release[s] != nil {
		return nil
	}
	switch err := p.lockSide(ctx, s); {
	case errors.Is(err, ErrHeld):
		return nil
	case err != nil:
		return err
	case p.locks.release[s] != nil:
		return errLookAgain
	}
	return nil
}

// missingNames returns the topmost names that are missing on side s, that the plan
// relies on being gone, and that are not confirmed yet. A name below a renamed directory is
// asked for where the side has that directory now.
func (p *pass) missingNames(s Side, confirmed map[manifest.Path]bool) (paths []manifest.Path, was []manifest.Entry) {
	missing := make(map[manifest.Path]manifest.Entry)
	var all []manifest.Path
	past := p.plan.pastNames(s)
	for i, a := range p.plan.Actions.All() {
		path := a.Path
		switch {
		case a.Op == Forget && p.goneOnBoth(a):
		case a.Side != s.Other():
			continue
		case a.Op == Rename:
			path = a.From
		case a.Op != Delete && a.Op != Rmdir:
			continue
		}
		path = past.now(path, i)
		if _, noted := missing[path]; noted || p.trees[s].At(path).Exists() {
			continue
		}
		all = append(all, path)
		missing[path] = entryOn(a.Base, s)
		if pair, is := p.record.At(path); is {
			missing[path] = entryOn(pair, s)
		}
	}
	for _, path := range all {
		if !confirmed[path] && !coveredBy(path, missing, confirmed) && !p.parentIsFile(s, path) {
			paths, was = append(paths, path), append(was, missing[path])
		}
	}
	if s == Local && !p.opts.Limits.AcceptEmpty {
		for dir, entry := range p.missingMounts() {
			if !confirmed[dir] && !slices.Contains(paths, dir) {
				paths, was = append(paths, dir), append(was, entry)
			}
		}
	}
	return paths, was
}

// missingMounts returns the local directories on which a file system was mounted, and that
// are missing now together with what the plan changes at, below or above them. They are
// asked for by themselves: a directory above may be gone, and yet nobody deleted them.
func (p *pass) missingMounts() map[manifest.Path]manifest.Entry {
	found := make(map[manifest.Path]manifest.Entry)
	seen := make(map[manifest.Path]bool)
	for _, a := range p.plan.Actions.All() {
		for _, path := range [...]manifest.Path{a.Path, a.From} {
			for ; path != manifest.Root && !seen[path]; path = path.Parent() {
				seen[path] = true
				if p.trees[Local].At(path).Exists() || !p.trees[Local].Known(path) {
					continue
				}
				if pair, ok := p.record.At(path); ok && entryOn(pair, Local).Device != 0 {
					found[path] = entryOn(pair, Local)
				}
			}
		}
	}
	return found
}

// goneOnBoth reports whether the action forgets a path because neither side has it
// any more, and not because it is ignored now.
func (p *pass) goneOnBoth(a *Action) bool {
	if a.Local.Exists() || a.Remote.Exists() {
		return false
	}
	if p.opts.Ignore == nil {
		return true
	}
	for dir := range a.Path.Ancestors {
		if dir != manifest.Root && p.opts.Ignore(dir, true) {
			return false
		}
	}
	return !p.opts.Ignore(a.Path, a.Base.Kind() == manifest.Dir)
}

// coveredBy reports whether a directory above path is asked about or confirmed
// already, which settles path too.
func coveredBy(path manifest.Path, missing map[manifest.Path]manifest.Entry, confirmed map[manifest.Path]bool) bool {
	for dir := range path.Ancestors {
		if _, is := missing[dir]; is || confirmed[dir] {
			return true
		}
	}
	return false
}

// parentIsFile reports whether side s shows a file in the place of a directory
// above path. Then path is certainly gone.
func (p *pass) parentIsFile(s Side, path manifest.Path) bool {
	for dir := range path.Ancestors {
		if p.trees[s].At(dir).IsFile() {
			return true
		}
	}
	return false
}

// takeAnswers takes the answers of side s. If one name that the listing left out
// exists, the listing is not trusted for any of them.
func (p *pass) takeAnswers(s Side, paths []manifest.Path, answers []error, confirmed map[manifest.Path]bool) {
	var b manifest.Builder
	var lie manifest.Path
	lied := false
	for i, err := range answers {
		if errors.Is(err, ErrPresent) && p.isInOtherCase(s, paths[i]) {
			answers[i] = nil // renamed: it is there only under its new spelling
		}
	}
	for i, err := range answers {
		if errors.Is(err, ErrPresent) && !lied {
			lie, lied = paths[i], true
		}
	}
	for i, err := range answers {
		switch {
		case err == nil && !lied:
			confirmed[paths[i]] = true
		case lied:
			b.Unknown(paths[i], fmt.Sprintf("the listing left out %s, which is there, so nothing is deleted on its word", lie))
		default:
			b.Unknown(paths[i], fmt.Sprintf("cannot tell whether it is gone: %v", err))
		}
	}
	p.addProblems(s, b.Tree())
}
