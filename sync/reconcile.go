package sync

import (
	"fmt"

	"ferry/manifest"
	"ferry/sync/pack"
)

// Reconcile decides what must happen to bring both sides in step. It is pure, and
// returns its actions in a fixed order. Where it needs to know a content first,
// the plan contains a question: the caller puts the checksum into the tree and
// calls again.
//
// Each side is compared only with its own half of the base. What is unknown on
// one side is left alone on both, and so are the directories above it. The full
// table of cases is in testdata/reconcile.
func Reconcile(base manifest.Base, local, remote *manifest.Tree, policy Policy) *Plan {
	p := &planner{
		threeWay: compareWithBase(base, local, remote, policy),
		policy:   policy,
		plan:     &Plan{},
		taken:    make(map[manifest.Path]bool),
		held:     make(map[manifest.Path]bool),
		rebuilt:  make(map[manifest.Path]bool),
	}
	p.plan.Actions = pack.NewList(p.threeWay.states.Rows, actionForm)
	p.plan.Questions = pack.NewList(p.threeWay.states.Rows, questionForm)
	for s := range p.keptDirs {
		p.keptDirs[s] = make(map[manifest.Path]bool)
		p.movedFrom[s] = make(map[manifest.Path]manifest.Path)
	}
	p.keepUnknown()
	p.findCaseTwins()
	p.leaveLackedNames()
	p.renameCase()
	if !policy.NoMoves {
		p.pairMoves()
	}
	for st := range p.threeWay.states.Backward() {
		p.decide(st)
	}
	p.finish()
	return p.plan
}

// A planner turns a comparison into a plan. It decides the deepest paths first, so
// that the fate of a directory's contents is known when it is decided itself.
type planner struct {
	threeWay *threeWay
	policy   Policy
	plan     *Plan
	moves    []Action
	// keptDirs holds the directories of each side that will not be empty.
	keptDirs [2]map[manifest.Path]bool
	// held holds both names of renames that a question must decide first.
	held map[manifest.Path]bool
	// rebuilt holds new files of the server that only look like renamed ones.
	rebuilt map[manifest.Path]bool
	// caseRenames are the renames that change only the case of a name.
	caseRenames []caseRename
	// taken holds the names of the conflict copies of this plan.
	taken map[manifest.Path]bool
	// movedFrom holds, for each side, where the contents of a planned rename are now,
	// by the path that the comparison has for them.
	movedFrom [2]map[manifest.Path]manifest.Path
}

// keepParents records that something will be at path on side s after the pass, so
// that no directory above it may be removed.
func (p *planner) keepParents(path manifest.Path, s Side) {
	for dir := range path.Ancestors {
		if p.keptDirs[s][dir] {
			return
		}
		p.keptDirs[s][dir] = true
	}
}

func (p *planner) keepParentsOnBoth(path manifest.Path) {
	p.keepParents(path, Local)
	p.keepParents(path, Remote)
}

// keepUnknown makes sure that no directory above anything unknown is removed, on
// either side.
func (p *planner) keepUnknown() {
	for _, tree := range p.threeWay.trees {
		for _, q := range tree.Problems() {
			p.keepParentsOnBoth(q.Path)
			if q.Name == "" {
				p.keptDirs[Local][q.Path], p.keptDirs[Remote][q.Path] = true, true
			}
		}
	}
}

func (p *planner) decide(st *pathState) {
	switch {
	case !st.known:
		p.keepParentsOnBoth(st.path)
		p.nameLeft(st)
	case st.change[Local] == Blocked || st.change[Remote] == Blocked:
		p.block(st)
	case p.policy.only.LeadsTo(st.path):
		p.onTheWay(st)
	case st.ask[Local] || st.ask[Remote]:
		p.askFor(st)
	case p.isHeld(st.path):
		p.keepParentsOnBoth(st.path)
	case !st.has(Local) && !st.has(Remote):
		if st.hasBase {
			p.add(Action{Op: Forget, Path: st.path}, st)
		}
	case p.proveClaim(st):
		p.askFor(st)
	case p.policy.Direction == Both:
		p.decideBoth(st)
	default:
		p.decideOneWay(st)
	}
}

// block leaves a path alone on both sides, because one side has something there
// that is never synchronized.
func (p *planner) block(st *pathState) {
	side := Local
	if st.change[Local] != Blocked {
		side = Remote
	}
	for _, s := range [...]Side{Local, Remote} {
		if st.has(s) {
			p.keepParents(st.path, s)
		}
	}
	skip := Skip{Path: st.path, Side: side, Special: true, Why: "a link or special file, which is not synchronized"}
	if p.policy.links != nil {
		if skip.Why, skip.Special = p.decideLink(st); skip.Why == "" {
			return
		}
	}
	p.plan.Skips = append(p.plan.Skips, skip)
}

func (p *planner) askFor(st *pathState) {
	for _, s := range [...]Side{Local, Remote} {
		if st.ask[s] {
			p.plan.Questions.Add(st.row-1, Question{Path: p.currentPath(st.path, s), Side: s, HashOnly: st.hashOnly, Why: st.askWhy})
		}
	}
	p.keepParentsOnBoth(st.path)
}

// decideBoth decides about a path in a pass in both directions.
func (p *planner) decideBoth(st *pathState) {
	l, m := st.now[Local], st.now[Remote]
	switch {
	case !l.Exists():
		p.decideMissing(st, Local)
	case !m.Exists():
		p.decideMissing(st, Remote)
	case l.IsDir() && m.IsDir():
		p.agree(st)
	case l.IsFile() && m.IsFile():
		p.decideFiles(st)
	case l.IsFile():
		p.decideFileAndDir(st, Local)
	default:
		p.decideFileAndDir(st, Remote)
	}
}

// decideMissing decides about a path that exists only on the side other than s.
func (p *planner) decideMissing(st *pathState, s Side) {
	o := s.Other()
	gone := st.change[s] == Deleted && !st.edited(o)
	why := string(Created)
	if st.change[s] == Deleted {
		why = "changed on one side and deleted on the other: the change wins"
	}
	switch {
	case st.now[o].IsFile() && gone:
		p.remove(st, o, "deleted on the "+s.String()+" side")
	case st.now[o].IsFile():
		p.transfer(st, s, why)
	case gone && !p.mustStay(st, o):
		p.rmdir(st, o, "deleted on the "+s.String()+" side")
	case gone:
		p.mkdir(st, s, p.whyKept(st, o))
		p.amend(func(a *Action) { a.Kept = st.now[o].Holds })
	default:
		p.mkdir(st, s, why)
	}
}

// whyKept says why a directory that was removed on the other side stays on side s.
func (p *planner) whyKept(st *pathState, s Side) string {
	if st.now[s].Holds {
		return fmt.Sprintf("deleted on the %s side, but it holds something on the %s side that is ignored, so it is not removed there", s.Other(), s)
	}
	return "still holds something on the " + s.String() + " side"
}

// mustStay reports whether the directory cannot be removed from side s.
func (p *planner) mustStay(st *pathState, s Side) bool {
	return p.keptDirs[s][st.path] || st.now[s].Holds
}

// decideFiles decides about a path that is a file on both sides.
func (p *planner) decideFiles(st *pathState) {
	switch l, m := st.edited(Local), st.edited(Remote); {
	case l && m:
		p.decideBothEdited(st, p.conflict)
	case l:
		p.transfer(st, Remote, string(st.change[Local])+" on the local side")
	case m:
		p.transfer(st, Local, string(st.change[Remote])+" on the remote side")
	default:
		p.agree(st)
	}
}

// decideBothEdited adopts the file if both sides changed it to the same content;
// otherwise differ decides.
func (p *planner) decideBothEdited(st *pathState, differ func(*pathState)) {
	same, known := st.sameContent(p.policy)
	switch {
	case !known:
		p.askFor(st)
	case same:
		p.agree(st)
	default:
		differ(st)
	}
}

// decideFileAndDir decides about a path that is a file on side f and a directory on
// the other.
func (p *planner) decideFileAndDir(st *pathState, f Side) {
	d := f.Other()
	switch {
	case st.hasBase && st.base.Kind() == manifest.File && !st.edited(f):
		p.makeWay(st, f, "a directory takes its place")
		p.mkdir(st, f, "replaces a file")
	case st.hasBase && st.base.Kind() == manifest.Dir && !p.mustStay(st, d):
		p.clearWay(st, d, "a file takes its place")
		p.transfer(st, d, "replaces a directory")
	default:
		p.typeConflict(st, f)
	}
}
