package sync

import (
	"fmt"
	"iter"
	"slices"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// Names that differ only in case are one name on some sides: on most disks of
// Windows and macOS, on memory cards, and on the servers that keep their files on
// one of these. What follows treats such names before anything else is decided.

// A caseRename is a rename that changes only the case of a name. Side moved did it,
// and the other one is to follow.
type caseRename struct {
	movePair
	moved Side
}

// findCaseTwins looks for names that are one on a side, and decides which of them is
// carried over.
func (p *planner) findCaseTwins() {
	if !p.policy.mayFold() {
		return
	}
	for _, group := range p.threeWay.sameButCase {
		for _, s := range [...]Side{Local, Remote} {
			p.separate(group, s)
		}
	}
}

// mayFold reports whether a side folds case, or has not been asked yet.
func (p *Policy) mayFold() bool {
	return p.Folding != [2]namecase.Folding{namecase.TellsCaseApart, namecase.TellsCaseApart}
}

// separate makes sure that of several names which are one on side s, only one is
// carried over to it.
func (p *planner) separate(group []manifest.Path, s Side) {
	f := p.policy.Folding[s]
	if f == namecase.NotAsked && !p.tellsApart(group, s) && p.here(group) > 1 {
		p.plan.AskCase[s] = true
	}
	if !f.Folds() {
		return
	}
	for _, twins := range namecase.Groups(slices.Values(group), f) {
		if !p.tellsApart(twins, s) {
			p.separateTwins(twins, s)
		}
	}
}

// tellsApart reports whether side s shows two of the names, so that to it they are
// not one.
func (p *planner) tellsApart(twins []manifest.Path, s Side) bool { return len(p.on(twins, s)) > 1 }

// on returns those of the paths that side s has.
func (p *planner) on(paths []manifest.Path, s Side) (there []manifest.Path) {
	for _, path := range paths {
		if p.threeWay.trees[s].At(path).Exists() {
			there = append(there, path)
		}
	}
	return there
}

// here counts the paths that a side or the base has.
func (p *planner) here(paths []manifest.Path) int {
	n := 0
	for _, path := range paths {
		if _, based := p.threeWay.base.At(path); based || len(p.on([]manifest.Path{path}, Local))+len(p.on([]manifest.Path{path}, Remote)) > 0 {
			n++
		}
	}
	return n
}

// separateTwins decides about twins, which are one name on side s.
func (p *planner) separateTwins(twins []manifest.Path, s Side) {
	o := s.Other()
	there, here := p.on(twins, o), p.on(twins, s)
	switch {
	case len(there) > 1:
		keep, ok := p.twinToKeep(there, here)
		if !ok {
			p.leaveTwins(there, o, s, here[0])
			p.leaveTwins(here, s, s, there[0])
			return
		}
		p.leaveTwins(slices.DeleteFunc(there, func(path manifest.Path) bool { return path == keep }), o, s, keep)
	case len(there) == 1 && len(here) == 1 && there[0] != here[0]:
		if !p.noteCaseRename(there[0], here[0], s) {
			p.leaveTwins(there, o, s, here[0])
			p.leaveTwins(here, s, s, there[0])
		}
	}
}

// twinToKeep returns the one of several names that is carried over: the one that the
// folding side has, the one that was carried over before, or the first. If the
// folding side has yet another one, it reports false.
func (p *planner) twinToKeep(there, here []manifest.Path) (manifest.Path, bool) {
	if len(here) == 1 {
		return here[0], slices.Contains(there, here[0])
	}
	for _, path := range there {
		if _, based := p.threeWay.base.At(path); based {
			return path, true
		}
	}
	return there[0], true
}

// noteCaseRename notes a rename from one twin to the other, where the base has one of
// them and a side has the other in its place. It reports false if both have to be
// left alone. s is the side on which they are one.
func (p *planner) noteCaseRename(there, here manifest.Path, s Side) bool {
	_, hadThere := p.threeWay.base.At(there)
	_, hadHere := p.threeWay.base.At(here)
	rename := caseRename{movePair{from: here, to: there}, s.Other()}
	if hadThere {
		rename = caseRename{movePair{from: there, to: here}, s}
	}
	switch {
	case hadThere == hadHere || p.policy.NoMoves:
		return false
	case !p.policy.Direction.writes(rename.moved.Other()):
		return rename.moved != s // the new name is only on the source, or only the target changed
	}
	if !slices.Contains(p.caseRenames, rename) {
		p.caseRenames = append(p.caseRenames, rename)
	}
	return true
}

// leaveTwins makes paths of side o unknown, because on side s each of them is one name
// with other.
func (p *planner) leaveTwins(paths []manifest.Path, o, s Side, other manifest.Path) {
	for _, path := range paths {
		p.leaveUnknown(o, path, twinReason(path, other, s, p.policy.Folding[s]))
	}
}

func twinReason(path, other manifest.Path, s Side, f namecase.Folding) string {
	if f == namecase.CannotTellCase {
		return fmt.Sprintf("its name differs only in upper and lower case from %q, and it could not be found out whether the %s side tells them apart: rename one of them",
			other.Base(), s)
	}
	return fmt.Sprintf("its name differs only in upper and lower case from %q, which is the same name on the %s side: rename one of them", other.Base(), s)
}

// leaveUnknown leaves a path of side s alone, with everything below it.
func (p *planner) leaveUnknown(s Side, path manifest.Path, why string) {
	problem := manifest.Problem{Path: path.Parent(), Name: path.Base(), Why: why}
	for _, noted := range p.plan.Twins {
		for _, q := range noted {
			if q.Path == problem.Path && q.Name == problem.Name {
				return
			}
		}
	}
	p.plan.Twins[s] = append(p.plan.Twins[s], problem)
	for q := range p.threeWay.states.Within(path) {
		p.threeWay.states.Get(q).known = false
	}
}

// renameCase plans the renames that change only the case of a name. Whatever else
// happened to a file is decided afterwards, under its new name. A file with the old
// stamp can be another one, so its content is compared first. A directory with the name
// of a file in another case is no rename of it.
func (p *planner) renameCase() {
	for i := 0; i < len(p.caseRenames); i++ {
		r := p.caseRenames[i]
		s := r.moved.Other()
		sameKind := p.threeWay.states.Get(r.from).now[s].Kind == p.threeWay.states.Get(r.to).now[r.moved].Kind
		if !sameKind || !p.canMove(r.movePair, r.moved) {
			p.leaveTwins([]manifest.Path{r.to}, r.moved, s, r.from)
			p.leaveTwins([]manifest.Path{r.from}, s, s, r.to)
			continue
		}
		answer := proven
		if p.threeWay.states.Get(r.to).now[r.moved].IsFile() {
			answer = p.proveFile(r.movePair, r.moved)
		}
		if answer == pending {
			continue
		}
		p.move(r.movePair, r.moved, renamedOn(r.moved))
		p.moves[len(p.moves)-1].unproven = answer != proven
		p.findCaseRenamesBelow(r.to, r.moved)
	}
}

// findCaseRenamesBelow notes further such renames in a directory that was renamed.
func (p *planner) findCaseRenamesBelow(dir manifest.Path, moved Side) {
	s := moved.Other()
	for _, twins := range namecase.Groups(p.changedBelow(dir), namecase.FoldsCase) {
		if len(twins) != 2 {
			continue
		}
		from, to := p.threeWay.states.Get(twins[0]), p.threeWay.states.Get(twins[1])
		if !from.hasBase {
			from, to = to, from
		}
		if from.hasBase && !to.hasBase && from.has(s) && !from.has(moved) && to.has(moved) && !to.has(s) {
			p.caseRenames = append(p.caseRenames, caseRename{movePair{from.path, to.path}, moved})
		}
	}
}

// changedBelow yields the paths below dir at which something happened, in their order.
func (p *planner) changedBelow(dir manifest.Path) iter.Seq[manifest.Path] {
	return func(yield func(manifest.Path) bool) {
		for path := range p.threeWay.states.Within(dir) {
			if path != dir && !yield(path) {
				return
			}
		}
	}
}
