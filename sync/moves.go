package sync

import (
	"slices"

	"ferry/manifest"
)

// pairMoves finds what was renamed on one side and turns it into renames on the
// other: whole directories first, then single files. Each rename is applied to
// the comparison at once, so that everything else about a renamed file is decided
// as if it had always had its new name. The renames are therefore in an order in
// which they can be carried out.
func (p *planner) pairMoves() {
	for _, moved := range [...]Side{Local, Remote} {
		if !p.policy.Direction.writes(moved.Other()) {
			continue
		}
		p.pairDirs(moved)
		p.pairFiles(moved)
	}
}

// vanished reports whether the path is gone on side s and unchanged on the other.
func (st *pathState) vanished(s Side, kind manifest.Kind) bool {
	return st.known && st.hasBase && st.base.Kind() == kind && st.change[s] == Deleted &&
		st.now[s.Other()].Kind == kind && !st.edited(s.Other())
}

// appeared reports whether the path is new on side s and free on the other.
func (st *pathState) appeared(s Side, kind manifest.Kind) bool {
	return st.known && !st.hasBase && st.now[s].Kind == kind && !st.has(s.Other())
}

// pick returns the states at and below dir that f accepts, in the order of paths.
func (p *planner) pick(dir manifest.Path, f func(*pathState) bool) []*pathState {
	var states []*pathState
	for path, st := range p.threeWay.states.Within(dir) {
		if f(st) {
			states = append(states, p.threeWay.states.Get(path))
		}
	}
	return states
}

type movePair struct{ from, to manifest.Path }

// pairDirs pairs directories by their identity. Since identities are reused, the
// files inside must confirm each pair.
func (p *planner) pairDirs(s Side) {
	gone := byID(p.pick(manifest.Root, func(st *pathState) bool { return st.vanished(s, manifest.Dir) }),
		func(st *pathState) uint64 { return st.was(s).ID })
	if len(gone) == 0 {
		return
	}
	here := byID(p.pick(manifest.Root, func(st *pathState) bool { return st.appeared(s, manifest.Dir) }),
		func(st *pathState) uint64 { return st.now[s].ID })
	var pairs []movePair
	for id, to := range here {
		if from := gone[id]; len(from) == 1 && len(to) == 1 {
			pairs = append(pairs, movePair{from[0].path, to[0].path})
		}
	}
	slices.SortFunc(pairs, func(a, b movePair) int { return a.to.Compare(b.to) })
	for i, pair := range pairs {
		if pair.from == pair.to || p.isHeld(pair.from) || p.isHeld(pair.to) || !p.canMove(pair, s) {
			continue
		}
		d := p.proveDir(pair, s)
		if d.proof != proven {
			continue
		}
		before := p.statesOf(d.unproven)
		p.move(pair, s, d.why(s))
		p.recordUnproven(d.unproven, before)
		for j := i + 1; j < len(pairs); j++ {
			if pairs[j].from.Within(pair.from) {
				pairs[j].from = pairs[j].from.Rebase(pair.from, pair.to)
			}
		}
	}
}

func byID(states []*pathState, id func(*pathState) uint64) map[uint64][]*pathState {
	m := make(map[uint64][]*pathState)
	for _, st := range states {
		if n := id(st); n != 0 {
			m[n] = append(m[n], st)
		}
	}
	return m
}

// canMove reports whether the other side can carry out the rename: the new name
// is free there, and everything above it is a directory.
func (p *planner) canMove(pair movePair, s Side) bool {
	from, to, o := p.threeWay.states.Get(pair.from), p.threeWay.states.Get(pair.to), s.Other()
	if from == nil || to == nil || !from.known || !to.known || !from.has(o) || to.has(o) || to.hasBase ||
		pair.to.Within(pair.from) || pair.from.Within(pair.to) {
		return false
	}
	for dir := range pair.to.Ancestors {
		st := p.threeWay.states.Get(dir)
		if st == nil {
			continue // at rest, so a directory on both sides
		}
		if !st.known || !st.now[s].IsDir() || st.has(o) && !st.now[o].IsDir() {
			return false
		}
	}
	if !from.now[o].IsDir() {
		return true
	}
	if p.policy.only.LeadsTo(pair.from) || p.policy.only.LeadsTo(pair.to) || p.policy.pinned != nil && p.policy.pinned.Pins(pair.from) {
		return false
	}
	for path, st := range p.threeWay.states.Within(pair.from) {
		if path != pair.from && !st.known {
			return false
		}
	}
	for path, st := range p.threeWay.states.Within(pair.to) {
		if path != pair.to && (!st.known || st.has(o)) {
			return false
		}
	}
	return true
}

// move adds a rename on the other side to the plan, with the directories that it
// needs, and updates the comparison as if it had been carried out.
func (p *planner) move(pair movePair, s Side, why string) {
	o := s.Other()
	p.makeParents(pair.to, o)
	st := p.threeWay.states.Get(pair.from)
	a := Action{Op: Rename, Side: o, Path: pair.to, From: pair.from, Why: why,
		Local: st.now[Local], Remote: st.now[Remote], Base: st.base}
	a.LocalChange, a.RemoteChange = NoChange, NoChange
	if s == Local {
		a.LocalChange = Renamed
	} else {
		a.RemoteChange = Renamed
	}
	p.moves = append(p.moves, a)
	states := []*pathState{st}
	if st.now[o].IsDir() {
		states = p.pick(pair.from, func(*pathState) bool { return true })
	}
	for _, st := range states {
		p.carryOver(st, st.path.Rebase(pair.from, pair.to), o)
	}
}

// currentPath returns where side s has now what the comparison has at path. The
// two differ below a planned rename that has not been carried out yet.
func (p *planner) currentPath(path manifest.Path, s Side) manifest.Path {
	if origin, carried := p.movedFrom[s][path]; carried {
		return origin
	}
	return path
}

// carryOver moves the base and the entry of side o from one path to another.
func (p *planner) carryOver(st *pathState, to manifest.Path, o Side) {
	p.movedFrom[o][to] = p.currentPath(st.path, o)
	delete(p.movedFrom[o], st.path)
	t := p.threeWay.at(to)
	t.base, t.hasBase, t.now[o] = st.base, st.hasBase, st.now[o]
	t.base.Local.Name, t.base.Remote.Name = "", ""
	t.now[o].Name = ""
	st.base, st.hasBase, st.now[o] = manifest.Pair{}, false, manifest.Entry{}
	t.remotePath = p.currentPath(to, Remote)
	t.classify(p.policy)
	st.classify(p.policy)
	if !st.has(Local) && !st.has(Remote) {
		p.threeWay.states.Drop(st.path)
	}
	if t.atRest() {
		p.threeWay.states.Drop(t.path)
		p.keepParentsOnBoth(t.path)
	}
}

// makeParents plans the directories above path that side o lacks, before the
// rename that needs them.
func (p *planner) makeParents(path manifest.Path, o Side) {
	var missing []*pathState
	for dir := range path.Ancestors {
		if st := p.threeWay.states.Get(dir); st != nil && !st.has(o) {
			missing = append(missing, st)
		}
	}
	for _, st := range slices.Backward(missing) {
		a := Action{Op: Mkdir, Side: o, Path: st.path, Why: "needed by a rename", forMove: true, Local: st.now[Local], Remote: st.now[Remote],
			LocalChange: st.change[Local], RemoteChange: st.change[Remote]}
		p.moves = append(p.moves, a)
		st.now[o] = manifest.Entry{Kind: manifest.Dir}
		st.base, st.hasBase = manifest.Pair{Local: st.now[Local], Remote: st.now[Remote]}, true
		st.classify(p.policy)
	}
}
