package sync

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
)

// confirmGone asks each side for the names whose absence from its listing would
// remove or rename something on the other side, or have the base forget what is
// on neither, and decides anew until all of them are confirmed. What is not is
// unknown, and nothing is removed or forgotten for it.
func (p *pass) confirmGone(ctx context.Context) error {
	var confirmed [2]map[manifest.Path]bool
	for s := range confirmed {
		confirmed[s] = make(map[manifest.Path]bool)
	}
	for {
		asked := 0
		for _, s := range [...]Side{Local, Remote} {
			paths, was := p.missingNames(s, confirmed[s])
			if len(paths) == 0 {
				continue
			}
			asked += len(paths)
			answers := p.sides[s].Gone(ctx, paths, was)
			if err := context.Cause(ctx); err != nil {
				return err
			}
			p.takeAnswers(s, paths, answers, confirmed[s])
		}
		if asked == 0 {
			return nil
		}
		if err := p.decide(ctx); err != nil {
			return err
		}
	}
}

// restsOn returns the topmost names that are missing on side s, whose absence
// the plan rests on and which are not confirmed yet.
func (p *pass) missingNames(s Side, confirmed map[manifest.Path]bool) (paths []manifest.Path, was []manifest.Entry) {
	missing := make(map[manifest.Path]manifest.Entry)
	for _, a := range p.plan.Actions {
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
		if !p.trees[s].At(path).Exists() {
			missing[path] = entryOn(a.Base, s)
		}
	}
	for _, a := range p.plan.Actions {
		path := a.Path
		if a.Op == Rename {
			path = a.From
		}
		entry, is := missing[path]
		if !is {
			continue
		}
		delete(missing, path)
		if !confirmed[path] && !coveredBy(path, missing, confirmed) && !p.parentIsFile(s, path) {
			paths, was = append(paths, path), append(was, entry)
		}
	}
	return paths, was
}

// goneOnBoth reports whether a forgets what neither side shows any more, unless
// it is ignored, and so left out whether it is there or not.
func (p *pass) goneOnBoth(a Action) bool {
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

// coveredBy reports whether a directory above path is asked for or confirmed
// itself, which answers for path too.
func coveredBy(path manifest.Path, missing map[manifest.Path]manifest.Entry, confirmed map[manifest.Path]bool) bool {
	for dir := range path.Ancestors {
		if _, is := missing[dir]; is || confirmed[dir] {
			return true
		}
	}
	return false
}

// parentIsFile reports whether side s shows a file where a directory above path
// was: then path is gone without a question.
func (p *pass) parentIsFile(s Side, path manifest.Path) bool {
	for dir := range path.Ancestors {
		if p.trees[s].At(dir).IsFile() {
			return true
		}
	}
	return false
}

// believe takes the answers of side s in. A listing that left out one name that
// is there is not believed for any.
func (p *pass) takeAnswers(s Side, paths []manifest.Path, answers []error, confirmed map[manifest.Path]bool) {
	var b manifest.Builder
	var lie manifest.Path
	lied := false
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
	if bad := b.Tree(); len(bad.Problems()) > 0 {
		p.addProblems(s, bad)
	}
}
