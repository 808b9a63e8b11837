package sync

import "ferry/manifest"

// decideOneWay decides a row of a push or a pull: the target follows the source
// where the source changed; what only the target has or changed is left alone,
// unless the policy is exact.
func (p *planner) decideOneWay(r *row) {
	src, dst := Local, Remote
	if p.policy.Direction == Pull {
		src, dst = Remote, Local
	}
	switch {
	case r.now[src].IsFile():
		p.sourceFile(r, src, dst)
	case r.now[src].IsDir():
		p.sourceDir(r, src, dst)
	default:
		p.sourceNothing(r, src, dst)
	}
}

func (p *planner) sourceFile(r *row, src, dst Side) {
	here := "on the " + src.String() + " side"
	switch d := r.now[dst]; {
	case !d.Exists() && r.change[dst] == Deleted:
		p.transfer(r, dst, "missing on the "+dst.String()+" side")
	case !d.Exists():
		p.transfer(r, dst, string(Created))
	case d.IsDir() && (p.policy.Exact || r.hasBase && r.base.Kind() == manifest.Dir) && !p.held(r, dst):
		p.clearWay(r, dst, "a file takes its place")
		p.transfer(r, dst, "replaces a directory")
	case d.IsDir():
		p.wait(r, dst, "a file "+here+", a directory on the other")
	case r.edited(src) && r.edited(dst):
		p.bothEdited(r, func(r *row) { p.oneWayConflict(r, src, dst) })
	case r.edited(src):
		p.transfer(r, dst, string(r.change[src])+" "+here)
	case r.edited(dst) && p.policy.Exact:
		p.transfer(r, dst, "changed on the "+dst.String()+" side, put back")
	case r.edited(dst):
		p.leave(r, dst, "changed on the "+dst.String()+" side only")
	default:
		p.agree(r)
	}
}

func (p *planner) sourceDir(r *row, src, dst Side) {
	switch d := r.now[dst]; {
	case !d.Exists():
		p.mkdir(r, dst, string(Created))
	case d.IsDir():
		p.agree(r)
	case p.policy.Exact || r.hasBase && r.base.Kind() == manifest.File && !r.edited(dst):
		p.makeWay(r, dst, "a directory takes its place")
		p.mkdir(r, dst, "replaces a file")
	default:
		p.wait(r, dst, "a directory on the "+src.String()+" side, a file on the other")
	}
}

// sourceNothing decides a row where only the target has something. What was
// never the source's stays without a word; what the source removed but the
// target changed stays too, and is the target's own from now on.
func (p *planner) sourceNothing(r *row, src, dst Side) {
	removed := r.change[src] == Deleted && !r.edited(dst)
	why := "deleted on the " + src.String() + " side"
	if !r.hasBase {
		why = "not on the " + src.String() + " side"
	}
	switch d := r.now[dst]; {
	case d.IsFile() && (removed || p.policy.Exact):
		p.remove(r, dst, why)
	case d.IsDir() && (removed || p.policy.Exact) && !p.held(r, dst):
		p.rmdir(r, dst, why)
	default:
		p.stays(r.path, dst)
		if r.hasBase {
			p.add(Action{Op: Forget, Path: r.path, Why: "left to the " + dst.String() + " side"}, r)
		}
	}
}

// leave reports a file that the target changed and the source did not.
func (p *planner) leave(r *row, dst Side, why string) {
	p.staysBoth(r.path)
	p.plan.Skips = append(p.plan.Skips, Skip{Path: r.path, Side: dst, Why: why})
}

// wait reports a conflict that nothing is done about in this pass.
func (p *planner) wait(r *row, loser Side, why string) {
	p.staysBoth(r.path)
	p.plan.Conflicts = append(p.plan.Conflicts, Conflict{Path: r.path,
		LocalChange: r.change[Local], RemoteChange: r.change[Remote],
		Local: r.now[Local], Remote: r.now[Remote], Loser: loser, Skipped: true, Why: why})
}
