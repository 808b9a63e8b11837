package sync

import (
	"fmt"

	"ferry/manifest"
	"ferry/sync/copyname"
)

// conflict applies the policy's rule to a file that both sides changed, in a pass
// in both directions.
func (p *planner) conflict(st *pathState) {
	switch winner, decided := p.winner(st); {
	case p.policy.Conflict == LeaveAlone:
		p.deferConflict(st, Remote, "changed on both sides")
	case decided:
		p.noteConflict(st, winner.Other(), "", fmt.Sprintf("changed on both sides: %s wins", winner))
		p.overwrite(st, winner.Other())
	default:
		p.keepBoth(st)
	}
}

// winner applies the rules that name a winner. The times of two sides can be
// compared only where both are exact to the second and differ.
func (p *planner) winner(st *pathState) (Side, bool) {
	l, m := st.now[Local], st.now[Remote]
	switch p.policy.Conflict {
	case LocalWins:
		return Local, true
	case RemoteWins:
		return Remote, true
	case NewerWins:
		if l.Precision <= manifest.Second && m.Precision <= manifest.Second && !manifest.SameTime(l, m) {
			if l.ModTime > m.ModTime {
				return Local, true
			}
			return Remote, true
		}
	}
	return Local, false
}

// keepBoth renames the remote version to a conflict copy and transfers both
// versions. The local one keeps the name, so that no file changes while its user
// has it open.
func (p *planner) keepBoth(st *pathState) {
	copyPath := p.setAside(st, Remote, "changed on both sides: both are kept")
	bare := *st
	bare.now[Remote] = manifest.Entry{}
	p.transfer(&bare, Remote, "changed on both sides: keeps the name")
	p.fetchCopy(st, Remote, copyPath)
}

// typeConflict resolves a path that is a file on side f and a directory on the
// other, both new: the directory keeps the name.
func (p *planner) typeConflict(st *pathState, f Side) {
	why := "a file on the " + f.String() + " side, a directory on the other"
	if p.policy.Conflict == LeaveAlone {
		p.deferConflict(st, f, why)
		return
	}
	copyPath := p.setAside(st, f, why)
	p.mkdir(st, f, "the directory keeps the name")
	p.fetchCopy(st, f, copyPath)
}

// oneWayConflict resolves a file that source and target both changed, in a push or
// a pull. Only the target may be changed.
func (p *planner) oneWayConflict(st *pathState, src, dst Side) {
	winner, decided := p.winner(st)
	switch {
	case p.policy.Exact:
		p.transfer(st, dst, "changed on both sides, put back")
	case p.policy.Conflict == LeaveAlone:
		p.deferConflict(st, dst, "changed on both sides")
	case decided && winner == dst:
		p.leaveAlone(st, dst, fmt.Sprintf("changed on both sides: %s wins", dst))
	case decided:
		p.noteConflict(st, dst, "", fmt.Sprintf("changed on both sides: %s wins", src))
		p.overwrite(st, dst)
	default:
		p.setAside(st, dst, "changed on both sides: both are kept")
		bare := *st
		bare.now[dst] = manifest.Entry{}
		p.transfer(&bare, dst, "changed on both sides: keeps the name")
	}
}

// overwrite replaces the loser with the winner. The loser always goes to the
// trash.
func (p *planner) overwrite(st *pathState, loser Side) {
	p.transfer(st, loser, "wins the conflict")
	if p.policy.Direction == Both {
		p.amend(func(a *Action) { a.Trash = true })
	}
}

// setAside renames the loser's version to a conflict copy, on its own side, and
// returns the path of the copy.
func (p *planner) setAside(st *pathState, loser Side, why string) manifest.Path {
	copyPath := p.copyPath(st.path, st.now[loser], loser)
	p.noteConflict(st, loser, copyPath, why)
	p.keepParents(copyPath, loser)
	p.add(Action{Op: SetAside, Side: loser, Path: copyPath, From: st.path, Why: why}, st)
	return copyPath
}

// fetchCopy transfers a conflict copy on side s to the other side.
func (p *planner) fetchCopy(st *pathState, s Side, copyPath manifest.Path) {
	c := &pathState{path: copyPath, known: true}
	c.now[s] = st.now[s]
	c.now[s].Name = ""
	c.change[s] = Created
	p.transfer(c, s.Other(), "a conflict copy")
}

func (p *planner) noteConflict(st *pathState, loser Side, copyPath manifest.Path, why string) {
	p.plan.Conflicts = append(p.plan.Conflicts, Conflict{Path: st.path,
		LocalChange: st.change[Local], RemoteChange: st.change[Remote],
		Local: st.now[Local], Remote: st.now[Remote], Loser: loser, Copy: copyPath, Why: why})
}

// copyPath returns the name for the loser's version. It is made of the version's
// time and content, so that a repeated pass makes no second copy, and is unused on
// both sides.
func (p *planner) copyPath(path manifest.Path, loser manifest.Entry, side Side) manifest.Path {
	c := copyname.New(path, loser, p.policy.whose(side), p.used)
	p.taken[c] = true
	return c
}

func (p *planner) used(c manifest.Path) bool {
	if p.taken[c] || p.threeWay.trees[Local].At(c).Exists() || p.threeWay.trees[Remote].At(c).Exists() {
		return true
	}
	_, based := p.threeWay.base.At(c)
	return based
}
