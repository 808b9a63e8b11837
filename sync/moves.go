package sync

import (
	"slices"

	"ferry/manifest"
)

// pairMoves finds what was renamed on one side and turns it into renames on the
// other. Whole directories come first, then single files. Each rename that is
// found is carried out on the sheet at once, so that whatever else happened to
// the renamed things is decided as if they had always had their new names; the
// renames therefore stand in an order in which they can be carried out.
func (p *planner) pairMoves() {
	for _, moved := range [...]Side{Local, Remote} {
		if !p.policy.Direction.writes(moved.Other()) {
			continue
		}
		p.pairDirs(moved)
		p.pairFiles(moved)
	}
}

// vanished reports whether r was removed by its old name on side s while the
// other side left it as it was.
func (r *row) vanished(s Side, kind manifest.Kind) bool {
	return r.known && r.hasBase && r.base.Kind() == kind && r.change[s] == Deleted &&
		r.now[s.Other()].Kind == kind && !r.edited(s.Other())
}

// appeared reports whether r is new on side s and the other side has nothing there.
func (r *row) appeared(s Side, kind manifest.Kind) bool {
	return r.known && !r.hasBase && r.now[s].Kind == kind && !r.has(s.Other())
}

// pick returns the rows that f accepts, in the order of paths.
func (p *planner) pick(f func(*row) bool) []*row {
	var rows []*row
	for _, r := range p.sheet.rows {
		if f(r) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *row) int { return a.path.Compare(b.path) })
	return rows
}

type movePair struct{ from, to manifest.Path }

// pairDirs pairs directories by their identity, and believes it only where a
// file inside bears it out: identities are used again.
func (p *planner) pairDirs(s Side) {
	gone := byID(p.pick(func(r *row) bool { return r.vanished(s, manifest.Dir) }),
		func(r *row) uint64 { return r.was(s).ID })
	if len(gone) == 0 {
		return
	}
	here := byID(p.pick(func(r *row) bool { return r.appeared(s, manifest.Dir) }),
		func(r *row) uint64 { return r.now[s].ID })
	var pairs []movePair
	for id, to := range here {
		if from := gone[id]; len(from) == 1 && len(to) == 1 {
			pairs = append(pairs, movePair{from[0].path, to[0].path})
		}
	}
	slices.SortFunc(pairs, func(a, b movePair) int { return a.to.Compare(b.to) })
	for i, pair := range pairs {
		if pair.from == pair.to || !p.canMove(pair, s) || !p.bornOut(pair, s) {
			continue
		}
		p.move(pair, s)
		for j := i + 1; j < len(pairs); j++ {
			if pairs[j].from.Within(pair.from) {
				pairs[j].from = pairs[j].from.Rebase(pair.from, pair.to)
			}
		}
	}
}

func byID(rows []*row, id func(*row) uint64) map[uint64][]*row {
	m := make(map[uint64][]*row)
	for _, r := range rows {
		if n := id(r); n != 0 {
			m[n] = append(m[n], r)
		}
	}
	return m
}

// bornOut reports whether some file of the base's directory is found unchanged
// in the new one.
func (p *planner) bornOut(pair movePair, s Side) bool {
	for path, r := range p.sheet.rows {
		if !r.hasBase || r.base.Kind() != manifest.File || !path.Below(pair.from) {
			continue
		}
		to := p.sheet.rows[path.Rebase(pair.from, pair.to)]
		if to != nil && to.now[s].IsFile() && manifest.Unchanged(r.was(s), to.now[s]) {
			return true
		}
	}
	return false
}

// canMove reports whether the other side can rename from to to: nothing is in
// the way there, and the way to it is made of directories.
func (p *planner) canMove(pair movePair, s Side) bool {
	from, to, o := p.sheet.rows[pair.from], p.sheet.rows[pair.to], s.Other()
	if from == nil || to == nil || !from.known || !to.known || !from.has(o) || to.has(o) || to.hasBase ||
		pair.to.Within(pair.from) || pair.from.Within(pair.to) {
		return false
	}
	for dir := range pair.to.Ancestors {
		r := p.sheet.rows[dir]
		if r == nil {
			continue // at rest, so a directory on both sides
		}
		if !r.known || !r.now[s].IsDir() || r.has(o) && !r.now[o].IsDir() {
			return false
		}
	}
	if !from.now[o].IsDir() {
		return true
	}
	for path, r := range p.sheet.rows {
		if !r.known && (path.Below(pair.from) || path.Below(pair.to)) {
			return false
		}
		if path.Below(pair.to) && r.has(o) {
			return false
		}
	}
	return true
}

// move puts a rename on the other side into the plan, makes the directories it
// needs, and rewrites the sheet as if it had been carried out.
func (p *planner) move(pair movePair, s Side) {
	o := s.Other()
	p.makeParents(pair.to, o)
	r := p.sheet.rows[pair.from]
	a := Action{Op: Rename, Side: o, Path: pair.to, From: pair.from, Why: "renamed on the " + s.String() + " side",
		Local: r.now[Local], Remote: r.now[Remote], Base: r.base}
	a.LocalChange, a.RemoteChange = NoChange, NoChange
	if s == Local {
		a.LocalChange = Renamed
	} else {
		a.RemoteChange = Renamed
	}
	p.moves = append(p.moves, a)
	rows := []*row{r}
	if r.now[o].IsDir() {
		rows = p.pick(func(r *row) bool { return r.path.Within(pair.from) })
	}
	for _, r := range rows {
		p.carry(r, r.path.Rebase(pair.from, pair.to), o)
	}
}

// lies returns where on side s that is found now which the sheet has at path: the
// renames of the plan have not been carried out.
func (p *planner) lies(path manifest.Path, s Side) manifest.Path {
	if origin, carried := p.origins[s][path]; carried {
		return origin
	}
	return path
}

// carry takes the base and what side o has from r to the row at path to.
func (p *planner) carry(r *row, to manifest.Path, o Side) {
	p.origins[o][to] = p.lies(r.path, o)
	delete(p.origins[o], r.path)
	t := p.sheet.at(to)
	t.base, t.hasBase, t.now[o] = r.base, r.hasBase, r.now[o]
	t.base.Local.Name, t.base.Remote.Name = "", ""
	t.now[o].Name = ""
	r.base, r.hasBase, r.now[o] = manifest.Pair{}, false, manifest.Entry{}
	t.classify(p.policy)
	r.classify(p.policy)
	if !r.has(Local) && !r.has(Remote) {
		delete(p.sheet.rows, r.path)
	}
	if t.atRest() {
		delete(p.sheet.rows, t.path)
		p.staysBoth(t.path)
	}
}

// makeParents makes the directories above path that side o lacks, before the
// move that needs them.
func (p *planner) makeParents(path manifest.Path, o Side) {
	var missing []*row
	for dir := range path.Ancestors {
		if r := p.sheet.rows[dir]; r != nil && !r.has(o) {
			missing = append(missing, r)
		}
	}
	for _, r := range slices.Backward(missing) {
		a := Action{Op: Mkdir, Side: o, Path: r.path, Why: "needed by a rename", forMove: true, Local: r.now[Local], Remote: r.now[Remote],
			LocalChange: r.change[Local], RemoteChange: r.change[Remote]}
		p.moves = append(p.moves, a)
		r.now[o] = manifest.Entry{Kind: manifest.Dir}
		r.base, r.hasBase = manifest.Pair{Local: r.now[Local], Remote: r.now[Remote]}, true
		r.classify(p.policy)
	}
}
