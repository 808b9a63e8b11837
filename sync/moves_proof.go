package sync

import (
	"cmp"
	"ferry/manifest"
)

// A proof says whether the file at a new name has the content that the base has for
// a vanished one. Identity, size and time only propose a rename: an identity is
// given to another file at once, and builds give equal times.
type proof uint8

const (
	impossible proof = iota // nothing can tell, so it counts as another file
	differs
	pending // a question is asked
	proven
)

// provenContent decides without asking. It returns pending if the content of the
// new file has to be known.
func provenContent(from, to *pathState, s Side) proof {
	was, now := from.was(s), to.now[s]
	switch {
	case was.Size != now.Size:
		return differs
	case now.Size == 0, unwritten(was, now):
		return proven
	case from.oldSum(s) == "" && (s == Local || was.Size > provenBytes):
		return impossible
	case now.Sum == "" || from.oldSum(s) == "":
		return pending
	case now.Sum == from.oldSum(s):
		return proven
	}
	return differs
}

// oldSum returns the hash of what a vanished file held. The base has none of what went from server to server.
func (st *pathState) oldSum(s Side) string { return cmp.Or(st.base.Sum, st.now[s.Other()].Sum) }

// unwritten reports whether nothing has written to a file since its entry was
// recorded: no program can set the time of the last change. A renamed file has
// another one, but the files in a renamed directory keep theirs.
func unwritten(was, now manifest.Entry) bool {
	return was.Changed != 0 && was.Changed == now.Changed && was.ID != 0 && was.ID == now.ID && manifest.Unchanged(was, now)
}

// proveFile decides whether a file was renamed, and asks for its content if need be.
func (p *planner) proveFile(pair movePair, s Side) proof {
	from, to := p.threeWay.states.Get(pair.from), p.threeWay.states.Get(pair.to)
	answer := provenContent(from, to, s)
	if answer == pending && p.rebuilt[pair.to] {
		return impossible
	}
	if answer == pending {
		p.askIfMoved(pair, s)
	}
	return answer
}

// askIfMoved asks for the content of a file that looks renamed. Until it is known,
// both names are left alone.
func (p *planner) askIfMoved(pair movePair, s Side) {
	from, to := p.threeWay.states.Get(pair.from), p.threeWay.states.Get(pair.to)
	to.ask[s], from.ask[s.Other()] = to.now[s].Sum == "", from.oldSum(s) == ""
	to.askWhy = "looks renamed from " + string(pair.from) + ": its content is compared first"
	p.hold(pair)
}

// hold leaves both names of a rename alone in this plan.
func (p *planner) hold(pair movePair) {
	p.held[pair.from], p.held[pair.to] = true, true
}

// isHeld reports whether path is left alone because a rename above it is not decided.
func (p *planner) isHeld(path manifest.Path) bool {
	if len(p.held) == 0 {
		return false
	}
	for ; path != manifest.Root; path = path.Parent() {
		if p.held[path] {
			return true
		}
	}
	return false
}

func renamedOn(s Side) string { return "renamed on the " + s.String() + " side" }
