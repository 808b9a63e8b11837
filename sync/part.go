package sync

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"ferry/manifest"
	"ferry/sync/filter"
)

// What follows keeps a pass within [Options.Only] and [Policy.Bounds]. Whatever is
// outside the part that was asked for has no state in the comparison, so that nothing is
// decided about it. A file outside the bounds is unknown.

// A NothingThereError is returned if a path that was asked for is on neither side, nor in
// the base.
type NothingThereError struct{ Path manifest.Path }

func (e *NothingThereError) Error() string {
	return fmt.Sprintf("there is nothing at %q on either side, and there was not in the last pass", string(e.Path))
}

// outside reports whether path of side s was not asked for.
func (p *pass) outside(s Side, path manifest.Path) bool {
	if !p.opts.Only.Hides(path) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hides[s] = true
	return true
}

// isEmpty reports whether side s shows nothing, inside or outside what was asked for.
func (p *pass) isEmpty(s Side) bool { return p.trees[s].Len() == 0 && !p.hides[s] }

// asked leaves out problems with single names in directories that only lead to what was
// asked for.
func (p *pass) asked(problems []manifest.Problem) []manifest.Problem {
	if p.opts.Only == nil {
		return problems
	}
	return slices.DeleteFunc(slices.Clone(problems), func(q manifest.Problem) bool {
		return q.Name != "" && !p.opts.Only.Includes(q.Path)
	})
}

// findAsked fails if a path that was asked for is nowhere, so most likely mistyped. In a
// second half, the first one may have deleted or renamed it.
func (p *pass) findAsked(context.Context) error {
	if p.policy.secondHalf {
		return nil
	}
	for _, path := range p.opts.Only.Paths() {
		_, based := p.record.At(path)
		if based || p.mayShow(Local, path) || p.mayShow(Remote, path) {
			continue
		}
		return &NothingThereError{path}
	}
	return nil
}

// mayShow reports whether side s has something at path, or could not be read there.
func (p *pass) mayShow(s Side, path manifest.Path) bool {
	return p.trees[s].At(path).Exists() || !p.trees[s].Known(path)
}

// filesAsked counts the files of the base that were asked for; all is their number.
func (p *pass) filesAsked(all int) int {
	if p.opts.Only == nil {
		return all
	}
	n := 0
	for path, pair := range p.record.All() {
		if pair.Kind() == manifest.File && p.opts.Only.Includes(path) {
			n++
		}
	}
	return n
}

// lookedAtWhole reports whether the base comes from more than passes over a part.
func (p *pass) lookedAtWhole() bool { return p.record.Len() > 0 && !p.record.Part() }

// askedPaths leaves out the paths that were not asked for. One that only has the name of
// such a path in another case is unknown.
func askedPaths(states iter.Seq[*pathState], only *filter.Only) iter.Seq[*pathState] {
	if only == nil {
		return states
	}
	return func(yield func(*pathState) bool) {
		for st := range states {
			if only.Hides(st.path) {
				continue
			}
			st.known = st.known && (only.Includes(st.path) || only.LeadsTo(st.path))
			if !yield(st) {
				return
			}
		}
	}
}

// inTheWay reports whether the path must be a directory to lead to what was asked for,
// and is a file on a side. Then nothing below it can be carried over.
func (st *pathState) inTheWay(only *filter.Only) bool {
	return (st.now[Local].IsFile() || st.now[Remote].IsFile()) && only.LeadsTo(st.path)
}

// onTheWay decides about a directory that only leads to what was asked for: it is made
// where something below needs it, and never removed.
func (p *planner) onTheWay(st *pathState) {
	for _, s := range [...]Side{Local, Remote} {
		if st.now[s].IsFile() {
			p.plan.Skips = append(p.plan.Skips, Skip{Path: st.path, Side: s,
				Why: "a file in the place of a directory that leads to what was asked for"})
			return
		}
	}
	if st.has(Local) && st.has(Remote) {
		p.agree(st)
		return
	}
	for _, s := range [...]Side{Local, Remote} {
		if st.has(s.Other()) && p.keptDirs[s][st.path] && p.policy.Direction.writes(s) {
			p.mkdir(st, s, "leads to what was asked for")
		}
	}
}

// leave makes the path unknown if a side has a file there that is outside the bounds, and
// something happened to it. What counts is how old a new version is, and how large any is.
func (st *pathState) leave(policy Policy) bool {
	if !st.known || st.change == [2]Change{} && st.ask == [2]bool{} {
		return false
	}
	for _, s := range [...]Side{Local, Remote} {
		now := st.now[s]
		if policy.Bounds.TooLarge(now) {
			st.left = "a file larger than the limit (max-size)"
		} else if until, young := policy.Bounds.TooYoung(now, policy.now); young && st.edited(s) {
			st.left, st.until = "changed too short a time ago (min-age)", until
		}
	}
	st.known = st.known && st.left == ""
	return !st.known
}

// nameLeft names a file that is outside the bounds.
func (p *planner) nameLeft(st *pathState) {
	if st.left == "" {
		return
	}
	side := Local
	if !st.has(Local) || !st.edited(Local) && st.edited(Remote) {
		side = Remote
	}
	p.plan.Skips = append(p.plan.Skips, Skip{Path: st.path, Side: side, Why: st.left, Special: true, Until: st.until})
}
