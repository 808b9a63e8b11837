package sync

import (
	"fmt"
	"slices"

	"ferry/manifest"
)

// decideOneWay decides about a path in a push or a pull. The target follows the
// source where the source changed. What only the target has or changed is left
// alone, unless the policy is exact.
func (p *planner) decideOneWay(st *pathState) {
	dst := p.policy.Direction.target()
	src := dst.Other()
	switch {
	case st.now[src].IsFile():
		p.sourceFile(st, src, dst)
	case st.now[src].IsDir():
		p.sourceDir(st, src, dst)
	default:
		p.sourceNothing(st, src, dst)
	}
}

func (p *planner) sourceFile(st *pathState, src, dst Side) {
	here := "on the " + src.String() + " side"
	switch d := st.now[dst]; {
	case !d.Exists() && st.change[dst] == Deleted:
		p.transfer(st, dst, "missing on the "+dst.String()+" side")
	case !d.Exists():
		p.transfer(st, dst, string(Created))
	case d.IsDir() && (p.policy.Exact || st.hasBase && st.base.Kind() == manifest.Dir) && !p.mustStay(st, dst):
		p.clearWay(st, dst, "a file takes its place")
		p.transfer(st, dst, "replaces a directory")
	case d.IsDir():
		p.deferConflict(st, dst, "a file "+here+", a directory on the other")
	case st.edited(src) && st.edited(dst):
		p.decideBothEdited(st, func(st *pathState) { p.oneWayConflict(st, src, dst) })
	case st.edited(src):
		p.transfer(st, dst, string(st.change[src])+" "+here)
	case st.edited(dst) && p.policy.Exact:
		p.transfer(st, dst, "changed on the "+dst.String()+" side, put back")
	case st.edited(dst):
		p.leaveAlone(st, dst, "changed on the "+dst.String()+" side only")
	default:
		p.agree(st)
	}
}

func (p *planner) sourceDir(st *pathState, src, dst Side) {
	switch d := st.now[dst]; {
	case !d.Exists():
		p.mkdir(st, dst, string(Created))
	case d.IsDir():
		p.agree(st)
	case p.policy.Exact || st.hasBase && st.base.Kind() == manifest.File && !st.edited(dst):
		p.makeWay(st, dst, "a directory takes its place")
		p.mkdir(st, dst, "replaces a file")
	default:
		p.deferConflict(st, dst, "a directory on the "+src.String()+" side, a file on the other")
	}
}

// sourceNothing decides about a path that only the target has. What the source
// never had stays and is counted. What the source removed but the target changed
// stays as well, is reported once, and belongs to the target alone from now on.
func (p *planner) sourceNothing(st *pathState, src, dst Side) {
	removed := st.change[src] == Deleted && !st.edited(dst)
	why := "deleted on the " + src.String() + " side"
	if !st.hasBase {
		why = "not on the " + src.String() + " side"
	}
	switch d := st.now[dst]; {
	case d.IsFile() && (removed || p.policy.Exact):
		p.remove(st, dst, why)
	case d.IsDir() && (removed || p.policy.Exact) && !p.mustStay(st, dst):
		p.rmdir(st, dst, why)
	default:
		p.keepParents(st.path, dst)
		switch {
		case st.now[dst].IsFile() && st.hasBase && st.change[src] == Deleted:
			p.plan.Skips = append(p.plan.Skips, Skip{Path: st.path, Side: dst,
				Why: fmt.Sprintf("deleted on the %s side, but changed on the %s side, so it stays there", src, dst)})
		case st.now[dst].IsFile():
			p.plan.Extras++
		}
		if st.hasBase {
			forget := Action{Op: Forget, Path: st.path, Why: "left to the " + dst.String() + " side"}
			if st.now[dst].IsDir() && st.now[dst].Holds && removed {
				forget.Why, forget.Kept, forget.Side = p.whyKept(st, dst), true, dst
			}
			p.add(forget, st)
		}
	}
}

// leaveAlone reports a file that only the target changed.
func (p *planner) leaveAlone(st *pathState, dst Side, why string) {
	p.keepParentsOnBoth(st.path)
	p.plan.Skips = append(p.plan.Skips, Skip{Path: st.path, Side: dst, Why: why})
}

// deferConflict reports a conflict that this pass does not resolve. Of a directory,
// nothing is carried over or removed then: the other side has a file in its place.
func (p *planner) deferConflict(st *pathState, loser Side, why string) {
	p.keepParentsOnBoth(st.path)
	if st.now[Local].Kind != st.now[Remote].Kind {
		p.plan.Actions.RemoveBelow(st.path)
		p.plan.Skips = slices.DeleteFunc(p.plan.Skips, func(s Skip) bool { return s.Path.Below(st.path) })
	}
	p.plan.Conflicts = append(p.plan.Conflicts, Conflict{Path: st.path,
		LocalChange: st.change[Local], RemoteChange: st.change[Remote],
		Local: st.now[Local], Remote: st.now[Remote], Loser: loser, Skipped: true, Why: why})
}
