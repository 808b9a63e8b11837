package sync

import (
	"slices"

	"ferry/manifest"
)

// Reconcile decides what must happen so that both sides hold the same. It is
// pure, and gives its actions in a fixed order. Where a content must be known
// first, the plan asks for it: the caller puts the sums into the trees and calls
// again.
//
// Each side is compared with its own half of the base only. What is unknown on
// one side is left alone on both, and so are the directories above it. The full
// table is in testdata/reconcile.
func Reconcile(base manifest.Base, local, remote *manifest.Tree, policy Policy) *Plan {
	p := &planner{
		sheet:  newSheet(base, local, remote, policy),
		policy: policy,
		plan:   &Plan{},
		taken:  make(map[manifest.Path]bool),
	}
	for s := range p.keeps {
		p.keeps[s] = make(map[manifest.Path]bool)
		p.origins[s] = make(map[manifest.Path]manifest.Path)
	}
	p.keepUnknown()
	if !policy.NoMoves {
		p.pairMoves()
	}
	for _, r := range slices.Backward(p.sheet.sorted()) {
		p.decide(r)
	}
	p.finish()
	return p.plan
}

// A planner turns a sheet into a plan, deepest paths first, so that a directory
// knows what becomes of its contents.
type planner struct {
	sheet  *sheet
	policy Policy
	plan   *Plan
	moves  []Action
	// keeps holds the directories of each side that something survives in.
	keeps [2]map[manifest.Path]bool
	// taken holds the names that conflict copies of this plan get.
	taken map[manifest.Path]bool
	// origins holds where on each side that lies which a rename of the plan is going
	// to carry, by the path that the sheet has for it.
	origins [2]map[manifest.Path]manifest.Path
}

// stays records that something is at path on side s when the pass is over, so
// that no directory above it may go.
func (p *planner) stays(path manifest.Path, s Side) {
	for dir := range path.Ancestors {
		if p.keeps[s][dir] {
			return
		}
		p.keeps[s][dir] = true
	}
}

func (p *planner) staysBoth(path manifest.Path) {
	p.stays(path, Local)
	p.stays(path, Remote)
}

// keepUnknown makes sure that no ancestor of an unknown part is removed, on
// either side.
func (p *planner) keepUnknown() {
	for _, tree := range p.sheet.trees {
		for _, q := range tree.Problems() {
			p.staysBoth(q.Path)
			if q.Name == "" {
				p.keeps[Local][q.Path], p.keeps[Remote][q.Path] = true, true
			}
		}
	}
}

func (p *planner) decide(r *row) {
	switch {
	case !r.known:
		p.staysBoth(r.path)
	case r.change[Local] == Blocked || r.change[Remote] == Blocked:
		p.block(r)
	case r.ask[Local] || r.ask[Remote]:
		p.askFor(r)
	case !r.has(Local) && !r.has(Remote):
		if r.hasBase {
			p.add(Action{Op: Forget, Path: r.path}, r)
		}
	case p.policy.Direction == Both:
		p.decideBoth(r)
	default:
		p.decideOneWay(r)
	}
}

// block leaves a path alone on both sides, since one side has something there
// that is never synchronized.
func (p *planner) block(r *row) {
	side := Local
	if r.change[Local] != Blocked {
		side = Remote
	}
	for _, s := range [...]Side{Local, Remote} {
		if r.has(s) {
			p.stays(r.path, s)
		}
	}
	p.plan.Skips = append(p.plan.Skips, Skip{Path: r.path, Side: side, Special: true,
		Why: "a link or special file, which is not synchronized"})
}

func (p *planner) askFor(r *row) {
	for _, s := range [...]Side{Local, Remote} {
		if r.ask[s] {
			p.plan.Questions = append(p.plan.Questions, Question{Path: p.lies(r.path, s), Side: s})
		}
	}
	p.staysBoth(r.path)
}

// decideBoth decides a row of a pass in both directions.
func (p *planner) decideBoth(r *row) {
	l, m := r.now[Local], r.now[Remote]
	switch {
	case !l.Exists():
		p.lacking(r, Local)
	case !m.Exists():
		p.lacking(r, Remote)
	case l.IsDir() && m.IsDir():
		p.agree(r)
	case l.IsFile() && m.IsFile():
		p.bothFiles(r)
	case l.IsFile():
		p.fileAndDir(r, Local)
	default:
		p.fileAndDir(r, Remote)
	}
}

// lacking decides a row where side s has nothing and the other side has.
func (p *planner) lacking(r *row, s Side) {
	o := s.Other()
	gone := r.change[s] == Deleted && !r.edited(o)
	why := string(Created)
	if r.change[s] == Deleted {
		why = "changed on one side and deleted on the other: the change wins"
	}
	switch {
	case r.now[o].IsFile() && gone:
		p.remove(r, o, "deleted on the "+s.String()+" side")
	case r.now[o].IsFile():
		p.transfer(r, s, why)
	case gone && !p.held(r, o):
		p.rmdir(r, o, "deleted on the "+s.String()+" side")
	case gone:
		p.mkdir(r, s, "still holds something on the "+o.String()+" side")
	default:
		p.mkdir(r, s, why)
	}
}

// held reports whether the directory at r cannot be removed from side s.
func (p *planner) held(r *row, s Side) bool {
	return p.keeps[s][r.path] || r.now[s].Holds
}

// bothFiles decides a row that is a file on both sides.
func (p *planner) bothFiles(r *row) {
	switch l, m := r.edited(Local), r.edited(Remote); {
	case l && m:
		p.bothEdited(r, p.conflict)
	case l:
		p.transfer(r, Remote, string(r.change[Local])+" on the local side")
	case m:
		p.transfer(r, Local, string(r.change[Remote])+" on the remote side")
	default:
		p.agree(r)
	}
}

// bothEdited adopts what both sides changed to the same content; otherwise
// differ decides.
func (p *planner) bothEdited(r *row, differ func(*row)) {
	same, known := r.sameContent(p.policy)
	switch {
	case !known:
		p.askFor(r)
	case same:
		p.agree(r)
	default:
		differ(r)
	}
}

// fileAndDir decides a row that is a file on side f and a directory on the other.
func (p *planner) fileAndDir(r *row, f Side) {
	d := f.Other()
	switch {
	case r.hasBase && r.base.Kind() == manifest.File && !r.edited(f):
		p.makeWay(r, f, "a directory takes its place")
		p.mkdir(r, f, "replaces a file")
	case r.hasBase && r.base.Kind() == manifest.Dir && !p.held(r, d):
		p.clearWay(r, d, "a file takes its place")
		p.transfer(r, d, "replaces a directory")
	default:
		p.typeConflict(r, f)
	}
}
