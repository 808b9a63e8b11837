package sync

import (
	"iter"
	"slices"
	"time"

	"ferry/manifest"
	"ferry/sync/namecase"
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
		nextBase, stopBase := iter.Pull2(base.All())
		defer stopBase()
		nextLocal, stopLocal := iter.Pull2(local.All())
		defer stopLocal()
		nextRemote, stopRemote := iter.Pull2(remote.All())
		defer stopRemote()
		bp, pair, bok := nextBase()
		lp, le, lok := nextLocal()
		rp, re, rok := nextRemote()
		var st pathState
		for bok || lok || rok {
			p := firstPath(bp, bok, lp, lok, rp, rok)
			st = pathState{path: p}
			if bok && bp == p {
				st.base, st.hasBase = pair, true
				bp, pair, bok = nextBase()
			}
			if lok && lp == p {
				st.now[Local] = le
				lp, le, lok = nextLocal()
			}
			if rok && rp == p {
				st.now[Remote] = re
				rp, re, rok = nextRemote()
			}
			st.known = local.Known(p) && remote.Known(p)
			if !yield(&st) {
				return
			}
		}
	}
}

// firstPath returns the first, in path order, of those of the three that exist.
func firstPath(b manifest.Path, bok bool, l manifest.Path, lok bool, r manifest.Path, rok bool) manifest.Path {
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

// A threeWay is the comparison of the base and both sides. It holds the paths at
// which something happened since the base.
type threeWay struct {
	states map[manifest.Path]*pathState
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
	s := &threeWay{states: make(map[manifest.Path]*pathState), trees: [2]*manifest.Tree{local, remote}, base: base}
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
		kept := *st
		s.states[st.path] = &kept
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
	st := s.states[p]
	if st == nil {
		st = &pathState{path: p, known: true}
		s.states[p] = st
	}
	return st
}

// sorted returns the states in the order of paths.
func (s *threeWay) sorted() []*pathState {
	states := make([]*pathState, 0, len(s.states))
	for _, st := range s.states {
		states = append(states, st)
	}
	slices.SortFunc(states, func(a, b *pathState) int { return a.path.Compare(b.path) })
	return states
}
