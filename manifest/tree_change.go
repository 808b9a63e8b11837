package manifest

import "slices"

// Rename returns a tree with everything at and below from moved to to. The unknown
// parts of t stay where they are.
func (t *Tree) Rename(from, to Path) *Tree {
	var b Builder
	for p, e := range t.All() {
		switch {
		case p == from:
			e.Name = ""
			b.Add(to, e)
		case p.Within(from):
			b.Add(p.Rebase(from, to), e)
		default:
			b.Add(p, e)
		}
	}
	b.problems = slices.Clone(t.problems)
	return b.Tree()
}

// Join returns a tree with the entries of both trees. Where both have an entry, that
// of t counts.
func (t *Tree) Join(u *Tree) *Tree {
	var b Builder
	for p, e := range t.All() {
		b.Add(p, e)
	}
	for p, e := range u.All() {
		if !t.At(p).Exists() {
			b.Add(p, e)
		}
	}
	b.problems = append(slices.Clone(t.Problems()), u.Problems()...)
	return b.Tree()
}

// Graft returns a tree in which fresh replaces the direct children of each of dirs,
// and everything below children that are gone or no longer directories. It has the
// problems of fresh there, and those of t elsewhere.
func (t *Tree) Graft(dirs []Path, fresh *Tree) *Tree {
	if len(dirs) == 0 && t != nil {
		b := Builder{list: t.list.clone()}
		b.problems = append(slices.Clone(t.problems), fresh.Problems()...)
		return b.Tree()
	}
	scanned := make(map[Path]bool, len(dirs))
	for _, d := range dirs {
		scanned[d] = true
	}
	var b Builder
	for p, e := range t.All() {
		if scanned[p.Parent()] || goneAbove(p, scanned, fresh) {
			continue
		}
		if scanned[p] && fresh.Known(p) {
			e.Holds = fresh.held(p)
		}
		b.Add(p, e)
	}
	for p, e := range fresh.All() {
		if !scanned[p.Parent()] {
			continue
		}
		// A directory that was not scanned still holds what it held.
		if was := t.At(p); e.IsDir() && was.IsDir() && !scanned[p] {
			e.Holds = e.Holds || was.Holds
		}
		b.Add(p, e)
	}
	for _, q := range t.Problems() {
		if !answered(q, scanned, fresh) && !goneAbove(q.Path, scanned, fresh) {
			b.problems = append(b.problems, q)
		}
	}
	b.problems = append(b.problems, fresh.Problems()...)
	return b.Tree()
}

// answered reports whether the new scan replaces problem q: the directory itself was
// scanned, or its parent was and has no such directory any more. If the parent
// still has it, that says nothing about what could not be read in it.
func answered(q Problem, scanned map[Path]bool, fresh *Tree) bool {
	if scanned[q.Path] {
		return true
	}
	return q.Path != Root && scanned[q.Path.Parent()] && fresh.Known(q.Path) && !fresh.At(q.Path).IsDir()
}

// goneAbove reports whether the new scan shows that a directory above p is gone, or
// no longer a directory.
func goneAbove(p Path, scanned map[Path]bool, fresh *Tree) bool {
	for dir := range p.Ancestors {
		if dir != Root && scanned[dir.Parent()] && !fresh.At(dir).IsDir() && fresh.Known(dir) {
			return true
		}
	}
	return false
}
