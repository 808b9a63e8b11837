package sync

import (
	"iter"
	"slices"

	"ferry/manifest"
)

// A row is what the base and both sides say of one path.
type row struct {
	path    manifest.Path
	base    manifest.Pair
	hasBase bool
	now     [2]manifest.Entry // by Side
	change  [2]Change         // by Side
	known   bool              // both sides can be believed here
	ask     [2]bool           // the content must be known before anything is decided
}

func (r *row) has(s Side) bool           { return r.now[s].Exists() }
func (r *row) was(s Side) manifest.Entry { return half(r.base, s) }

// edited reports whether side made or changed what is at the row.
func (r *row) edited(s Side) bool { return r.change[s] == Created || r.change[s] == Changed }

func half(p manifest.Pair, s Side) manifest.Entry {
	if s == Local {
		return p.Local
	}
	return p.Remote
}

// merge yields a row for every path that the base or a side has, in the order
// of paths. The row is used again for the next path.
func merge(base manifest.Base, local, remote *manifest.Tree) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		nextBase, stopBase := iter.Pull2(base.All())
		defer stopBase()
		nextLocal, stopLocal := iter.Pull2(local.All())
		defer stopLocal()
		nextRemote, stopRemote := iter.Pull2(remote.All())
		defer stopRemote()
		bp, pair, bok := nextBase()
		lp, le, lok := nextLocal()
		rp, re, rok := nextRemote()
		var r row
		for bok || lok || rok {
			p := least(bp, bok, lp, lok, rp, rok)
			r = row{path: p}
			if bok && bp == p {
				r.base, r.hasBase = pair, true
				bp, pair, bok = nextBase()
			}
			if lok && lp == p {
				r.now[Local] = le
				lp, le, lok = nextLocal()
			}
			if rok && rp == p {
				r.now[Remote] = re
				rp, re, rok = nextRemote()
			}
			r.known = local.Known(p) && remote.Known(p)
			if !yield(&r) {
				return
			}
		}
	}
}

// least returns the first in order of those of the three paths that are there.
func least(b manifest.Path, bok bool, l manifest.Path, lok bool, r manifest.Path, rok bool) manifest.Path {
	var p manifest.Path
	found := false
	for _, c := range [...]struct {
		p  manifest.Path
		ok bool
	}{{b, bok}, {l, lok}, {r, rok}} {
		if c.ok && (!found || c.p.Compare(p) < 0) {
			p, found = c.p, true
		}
	}
	return p
}

// A sheet is the rows of one pass that are not at rest, by path.
type sheet struct {
	rows  map[manifest.Path]*row
	trees [2]*manifest.Tree
	base  manifest.Base
}

// newSheet gathers the rows where something happened since the base. What lies
// below a link or special file of one side is not known there: a directory that
// was moved away, with a link to it in its place, has not lost what it holds.
func newSheet(base manifest.Base, local, remote *manifest.Tree, policy Policy) *sheet {
	s := &sheet{rows: make(map[manifest.Path]*row), trees: [2]*manifest.Tree{local, remote}, base: base}
	blocked := manifest.Root
	for r := range merge(base, local, remote) {
		switch {
		case blocked != manifest.Root && r.path.Below(blocked):
			r.known = false
		case r.now[Local].Kind == manifest.Other || r.now[Remote].Kind == manifest.Other:
			blocked = r.path
		}
		r.classify(policy)
		if r.atRest() {
			continue
		}
		kept := *r
		s.rows[r.path] = &kept
	}
	return s
}

// at returns the row at p, making an empty one where there is none.
func (s *sheet) at(p manifest.Path) *row {
	r := s.rows[p]
	if r == nil {
		r = &row{path: p, known: true}
		s.rows[p] = r
	}
	return r
}

// sorted returns the rows in the order of paths.
func (s *sheet) sorted() []*row {
	rows := make([]*row, 0, len(s.rows))
	for _, r := range s.rows {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b *row) int { return a.path.Compare(b.path) })
	return rows
}
