package sync

import "ferry/manifest"

// decideOneWay decides a row of a push or a pull: the target follows the source
// where the source changed; what only the target has or changed is left alone,
// unless the policy is exact.
func (p *planner) decideOneWay(st *pathState) {
	src, dst := Local, Remote
	if p.policy.Direction == Pull {
		src, dst = Remote, Local
	}
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

// sourceNothing decides a row where only the target has something. What was
// never the source's stays without a word; what the source removed but the
// target changed stays too, and is the target's own from now on.
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
		if st.hasBase {
			p.add(Action{Op: Forget, Path: st.path, Why: "left to the " + dst.String() + " side"}, st)
		}
	}
}

// leave reports a file that the target changed and the source did not.
func (p *planner) leaveAlone(st *pathState, dst Side, why string) {
	p.keepParentsOnBoth(st.path)
	p.plan.Skips = append(p.plan.Skips, Skip{Path: st.path, Side: dst, Why: why})
}

// wait reports a conflict that nothing is done about in this pass.
func (p *planner) deferConflict(st *pathState, loser Side, why string) {
	p.keepParentsOnBoth(st.path)
	p.plan.Conflicts = append(p.plan.Conflicts, Conflict{Path: st.path,
		LocalChange: st.change[Local], RemoteChange: st.change[Remote],
		Local: st.now[Local], Remote: st.now[Remote], Loser: loser, Skipped: true, Why: why})
}
