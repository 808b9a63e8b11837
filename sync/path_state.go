package sync

import (
	"iter"
	"slices"
	"time"

	"ferry/manifest"
	"ferry/sync/namecase"
	"ferry/sync/pack"
)

// A pathState is what the base and both sides say about one path.
type pathState struct {
	path    manifest.Path
	base    manifest.Pair
	hasBase bool
	now     [2]manifest.Entry // by Side
	change  [2]Change         // by Side
	known   bool              // both sides could be read here
	ask     [2]bool           // by Side; the content must be read before anything is decided
	// hashOnly and askWhy belong to the question, see [Question].
	hashOnly    bool
	askWhy      string
	notCompared bool // taken as equal by the size alone
	// left says why a file is left alone that is outside [Policy.Bounds], and until when;
	// "": it is not.
	left       string
	until      time.Time
	remotePath manifest.Path // where the server has it before the renames of the plan; "": at path
	at         [2]int32      // by Side; the numbers of now in the trees when they were compared, from 1
	row        int           // the number of the row that was made of it, from 1; 0: none
}

// onServer returns the path at which the server has the file now.
func (st *pathState) onServer() manifest.Path {
	if st.remotePath != manifest.Root {
		return st.remotePath
	}
	return st.path
}

func (st *pathState) has(s Side) bool           { return st.now[s].Exists() }
func (st *pathState) was(s Side) manifest.Entry { return entryOn(st.base, s) }

// edited reports whether side s created or changed what is at the path.
func (st *pathState) edited(s Side) bool { return st.change[s] == Created || st.change[s] == Changed }

func entryOn(p manifest.Pair, s Side) manifest.Entry {
	if s == Local {
		return p.Local
	}
	return p.Remote
}

// mergePaths yields a state for every path that the base or a side has, in the
// order of paths. The value is reused for the next path.
func mergePaths(base manifest.Base, local, remote *manifest.Tree) iter.Seq[*pathState] {
	return func(yield func(*pathState) bool) {
		var st pathState
		for row := range pack.Merge(base, [2]*manifest.Tree{local, remote}) {
			st = pathState{path: row.Path, base: row.Base, hasBase: row.HasBase, now: row.Now, at: row.At}
			st.known = local.Known(st.path) && remote.Known(st.path)
			if !yield(&st) {
				return
			}
		}
	}
}

// A threeWay is the comparison of the base and both sides. It holds the paths at
// which something happened since the base.
type threeWay struct {
	states *pack.Table[pathState]
	trees  [2]*manifest.Tree
	base   manifest.Base
	// sameButCase are the groups of paths that differ only in the case of their last
	// name. It is filled in only if that may matter.
	sameButCase [][]manifest.Path
}

// compareWithBase collects the paths at which something happened since the base.
// Everything below a link or special file on one side is unknown there: a
// directory that was moved away and replaced by a link has not lost its contents.
func compareWithBase(base manifest.Base, local, remote *manifest.Tree, policy Policy) *threeWay {
	s := &threeWay{states: pack.NewTable(local, remote, stateOfRow), trees: [2]*manifest.Tree{local, remote}, base: base}
	blocked := manifest.Root
	var unproven backlog
	var names namecase.Finder
	asked := askedPaths(mergePaths(base, local, remote), policy.only)
	for st := range asked {
		switch {
		case blocked != manifest.Root && st.path.Below(blocked):
			st.known = false
		case st.now[Local].Kind == manifest.Other || st.now[Remote].Kind == manifest.Other || st.inTheWay(policy.only):
			blocked = st.path
		}
		unproven.postpone(st, policy)
		if policy.mayFold() {
			names.See(st.path)
		}
		st.classify(policy)
		if st.atRest() {
			continue
		}
		if st.leave(policy) {
			blocked = st.path
		}
		st.row = s.states.Rows.Len() + 1
		s.states.Add(st.toRow(), *st)
	}
	names.End()
	s.sameButCase = names.Groups(func(yield func(manifest.Path) bool) {
		for st := range asked {
			if !yield(st.path) {
				return
			}
		}
	})
	return s
}

// at returns the state of p, creating an empty one if there is none.
func (s *threeWay) at(p manifest.Path) *pathState {
	st := s.states.Get(p)
	if st == nil {
		st = &pathState{path: p, known: true}
		s.states.Put(p, st)
	}
	return st
}

// The changes, in the order in which a row counts them.
var changes = [...]Change{NoChange, Created, Changed, Deleted, Renamed, Touched, Blocked}

// toRow returns what is kept of a state. Each bit of the note is one thing that is known.
func (st *pathState) toRow() pack.Row {
	note := slices.Index(changes[:], st.change[Local]) | slices.Index(changes[:], st.change[Remote])<<3
	for i, is := range [...]bool{st.known, st.ask[Local], st.ask[Remote], st.hashOnly, st.notCompared} {
		if is {
			note |= 1 << (6 + i)
		}
	}
	return pack.Row{Path: st.path, Base: st.base, HasBase: st.hasBase, At: st.at, Note: uint32(note)}
}

// stateOfRow is the reverse of toRow.
func stateOfRow(n int, row pack.Row) pathState {
	is := func(i int) bool { return row.Note>>(6+i)&1 != 0 }
	return pathState{path: row.Path, base: row.Base, hasBase: row.HasBase, now: row.Now, change: changesOf(row),
		known: is(0), ask: [2]bool{is(1), is(2)}, hashOnly: is(3), notCompared: is(4), at: row.At, row: n + 1}
}

func changesOf(row pack.Row) [2]Change {
	return [2]Change{changes[row.Note&7], changes[row.Note>>3&7]}
}
