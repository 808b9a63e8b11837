package sync

import (
	"slices"

	"ferry/manifest"
	"ferry/sync/runs"
)

// add appends an action and fills in what is known about its path.
func (p *planner) add(a Action, st *pathState) {
	a.Local, a.Remote, a.Base = st.now[Local], st.now[Remote], st.base
	a.LocalChange, a.RemoteChange = st.change[Local], st.change[Remote]
	p.plan.Actions.Add(st.row-1, a)
}

// amend changes the last action.
func (p *planner) amend(change func(a *Action)) { p.plan.Actions.Edit(p.plan.Actions.Len()-1, change) }

// transfer plans to copy the file to side to.
func (p *planner) transfer(st *pathState, to Side, why string) {
	op := Upload
	if to == Local {
		op = Download
	}
	p.keepParentsOnBoth(st.path)
	p.add(Action{Op: op, Side: to, Path: st.path, Size: st.now[to.Other()].Size, Why: why, Trash: p.policy.Trash[to]}, st)
}

func (p *planner) mkdir(st *pathState, s Side, why string) {
	p.keepParentsOnBoth(st.path)
	p.keptDirs[Local][st.path], p.keptDirs[Remote][st.path] = true, true
	p.add(Action{Op: Mkdir, Side: s, Path: st.path, Why: why}, st)
}

func (p *planner) remove(st *pathState, s Side, why string) {
	p.add(Action{Op: Delete, Side: s, Path: st.path, Why: why, Trash: p.policy.Trash[s]}, st)
}

func (p *planner) rmdir(st *pathState, s Side, why string) {
	p.add(Action{Op: Rmdir, Side: s, Path: st.path, Why: why}, st)
}

// makeWay plans to remove a file from side s, because a directory takes its place.
func (p *planner) makeWay(st *pathState, s Side, why string) {
	p.add(Action{Op: Delete, Side: s, Path: st.path, Why: why, Trash: p.policy.Trash[s], MakeWay: true}, st)
	st.now[s] = manifest.Entry{}
}

// clearWay plans to remove a directory and what is left in it from side s, because
// a file takes its place.
func (p *planner) clearWay(st *pathState, s Side, why string) {
	p.plan.Actions.EditBelow(st.path, func(a *Action) { a.MakeWay = a.MakeWay || a.Side == s && (a.Op == Delete || a.Op == Rmdir) })
	p.add(Action{Op: Rmdir, Side: s, Path: st.path, Why: why, MakeWay: true}, st)
	st.now[s] = manifest.Entry{}
}

// agree plans to record that both sides have the same, if that is not recorded yet.
func (p *planner) agree(st *pathState) {
	p.keepParentsOnBoth(st.path)
	p.chmod(st)
	op := Adopt
	if st.hasBase && !st.edited(Local) && !st.edited(Remote) {
		if !st.stale() {
			return
		}
		op = Refresh
	}
	why := "equal on both sides"
	switch {
	case st.notCompared && st.now[Remote].Changed == claimedContent:
		why = "equal by what a deploy recorded, compared later"
	case st.notCompared:
		why = "equal sizes, not compared"
	}
	p.add(Action{Op: op, Path: st.path, Why: why, NotCompared: st.notCompared}, st)
}

// The stages of a pass, in their order. Within a stage the order of actions
// matters only for moves and removals.
const (
	stageMoves = iota
	stageRecord
	stageAside
	stageMakeWay
	stageMkdir
	stageTransfer
	stageDelete
	stageRmdir
	stageModes
	stageLinks
	stages
)

// kindOf returns what the actions of a stage are.
func kindOf(stage int) runs.Kind {
	switch stage {
	case stageMkdir:
		return runs.Dirs
	case stageTransfer:
		return runs.Transfers
	case stageDelete:
		return runs.Deletions
	}
	return runs.InOrder
}

func (a *Action) stage() int {
	switch a.Op {
	case Adopt, Refresh, Forget:
		return stageRecord
	case Chmod:
		return stageModes
	case Link:
		return stageLinks
	case SetAside:
		return stageAside
	case Mkdir:
		if a.forMove {
			return stageMoves
		}
		return stageMkdir
	case Upload, Download:
		return stageTransfer
	case Delete, Rmdir:
		if a.MakeWay {
			return stageMakeWay
		}
		if a.Op == Delete {
			return stageDelete
		}
		return stageRmdir
	}
	return stageMoves
}

// finish sorts the actions: by stage, and within a stage by path, with the deepest
// first where directories are removed. Moves keep the order in which they were
// found, because each one uses the names that the one before left behind.
func (p *planner) finish() {
	p.plan.Actions.Sort((*Action).stage, func(stage int) bool { return stage == stageRmdir || stage == stageMakeWay })
	p.plan.Actions.Prepend(p.moves)
	slices.SortFunc(p.plan.Conflicts, func(a, b Conflict) int { return a.Path.Compare(b.Path) })
	slices.SortFunc(p.plan.Skips, func(a, b Skip) int { return a.Path.Compare(b.Path) })
	p.plan.Questions.Sort(func(*Question) int { return 0 }, func(int) bool { return false })
}
