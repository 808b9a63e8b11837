package sync

import (
	"slices"

	"ferry/manifest"
)

// add appends an action, filled in from the row.
func (p *planner) add(a Action, r *row) {
	a.Local, a.Remote, a.Base = r.now[Local], r.now[Remote], r.base
	a.LocalChange, a.RemoteChange = r.change[Local], r.change[Remote]
	p.plan.Actions = append(p.plan.Actions, a)
}

// transfer takes the file at r to side to.
func (p *planner) transfer(r *row, to Side, why string) {
	op := Upload
	if to == Local {
		op = Download
	}
	p.staysBoth(r.path)
	p.add(Action{Op: op, Side: to, Path: r.path, Size: r.now[to.Other()].Size, Why: why, Trash: p.policy.Trash[to]}, r)
}

func (p *planner) mkdir(r *row, s Side, why string) {
	p.staysBoth(r.path)
	p.keeps[Local][r.path], p.keeps[Remote][r.path] = true, true
	p.add(Action{Op: Mkdir, Side: s, Path: r.path, Why: why}, r)
}

func (p *planner) remove(r *row, s Side, why string) {
	p.add(Action{Op: Delete, Side: s, Path: r.path, Why: why, Trash: p.policy.Trash[s]}, r)
}

func (p *planner) rmdir(r *row, s Side, why string) {
	p.add(Action{Op: Rmdir, Side: s, Path: r.path, Why: why}, r)
}

// makeWay removes the file at r from side s so that a directory can stand there.
func (p *planner) makeWay(r *row, s Side, why string) {
	p.add(Action{Op: Delete, Side: s, Path: r.path, Why: why, Trash: p.policy.Trash[s], MakeWay: true}, r)
	r.now[s] = manifest.Entry{}
}

// clearWay removes the directory at r, and what is left in it, from side s so
// that a file can stand there.
func (p *planner) clearWay(r *row, s Side, why string) {
	for i := range p.plan.Actions {
		a := &p.plan.Actions[i]
		if a.Side == s && (a.Op == Delete || a.Op == Rmdir) && a.Path.Below(r.path) {
			a.MakeWay = true
		}
	}
	p.add(Action{Op: Rmdir, Side: s, Path: r.path, Why: why, MakeWay: true}, r)
	r.now[s] = manifest.Entry{}
}

// agree records that both sides hold the same at r.
func (p *planner) agree(r *row) {
	p.staysBoth(r.path)
	op := Adopt
	if r.hasBase && !r.edited(Local) && !r.edited(Remote) {
		if !r.stale() {
			return
		}
		op = Refresh
	}
	p.add(Action{Op: op, Path: r.path, Why: "equal on both sides"}, r)
}

// The stages of a pass, in their order. Within a stage actions are independent,
// but for the order in which they stand.
const (
	stageMoves = iota
	stageRecord
	stageAside
	stageMakeWay
	stageMkdir
	stageTransfer
	stageDelete
	stageRmdir
	stages
)

func (a *Action) stage() int {
	switch a.Op {
	case Adopt, Refresh, Forget:
		return stageRecord
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

// finish puts the actions into their order: stage by stage, by path within a
// stage, the deepest first where things are removed. Moves keep the order in
// which they were found, each in the names that the one before left behind.
func (p *planner) finish() {
	slices.SortStableFunc(p.plan.Actions, func(a, b Action) int {
		sa, sb := a.stage(), b.stage()
		if sa != sb {
			return sa - sb
		}
		c := a.Path.Compare(b.Path)
		if sa == stageRmdir || sa == stageMakeWay {
			return -c
		}
		return c
	})
	p.plan.Actions = append(p.moves, p.plan.Actions...)
	slices.SortFunc(p.plan.Conflicts, func(a, b Conflict) int { return a.Path.Compare(b.Path) })
	slices.SortFunc(p.plan.Skips, func(a, b Skip) int { return a.Path.Compare(b.Path) })
	slices.SortFunc(p.plan.Questions, func(a, b Question) int {
		if c := a.Path.Compare(b.Path); c != 0 {
			return c
		}
		return int(a.Side) - int(b.Side)
	})
}
