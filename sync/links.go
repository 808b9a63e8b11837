package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ferry/manifest"
	"ferry/sync/links"
)

// linksSeen is what both sides have told about their links in this pass.
type linksSeen struct {
	makes   [2]bool // by Side: it can make links
	targets [2]map[manifest.Path]string
}

func newLinksSeen() *linksSeen {
	return &linksSeen{targets: [2]map[manifest.Path]string{{}, {}}}
}

// askLinks asks both sides for what the plan must know of their links.
func (p *pass) askLinks(ctx context.Context) error {
	for _, s := range [...]Side{Local, Remote} {
		paths := p.plan.AskLinks[s]
		targets, makes, err := p.sides[s].Links(ctx, paths)
		if err != nil {
			return fmt.Errorf("reading links: %w", err)
		}
		p.policy.links.makes[s] = makes
		for i, path := range paths {
			p.policy.links.targets[s][path] = targets[i]
		}
	}
	return nil
}

// asksLinks reports whether the plan lacks something about links.
func (p *Plan) asksLinks() bool { return len(p.AskLinks[Local])+len(p.AskLinks[Remote]) > 0 }

// decideLink decides about a path at which a side has a link or a special file. It returns
// why the path is left alone, and whether that is told for many paths at once; "": it is not.
func (p *planner) decideLink(st *pathState) (why string, quiet bool) {
	both := st.now[Local].Kind == manifest.Other && st.now[Remote].Kind == manifest.Other
	if both && st.hasBase && st.base.Kind() == manifest.Other && !st.stale() {
		return "", false
	}
	var ends [2]links.End
	for _, s := range [...]Side{Local, Remote} {
		ends[s].Kind = st.now[s].Kind
		if ends[s].Kind != manifest.Other {
			continue
		}
		target, known := p.policy.links.targets[s][st.path]
		if !known {
			p.plan.AskLinks[s] = append(p.plan.AskLinks[s], st.path)
		}
		ends[s].Target = target
	}
	makes := p.policy.links.makes
	act, target, why := links.Decide(links.Case{Path: st.path, Local: ends[Local], Remote: ends[Remote], Was: st.base.Kind(),
		Push: p.policy.Direction == Push, Pull: p.policy.Direction == Pull, LocalMakes: makes[Local], RemoteMakes: makes[Remote]})
	switch act {
	case links.Unable:
		side := Local
		if st.has(Remote) {
			side = Remote
		}
		p.plan.Unlinked[side] = append(p.plan.Unlinked[side], st.path)
	case links.Agree:
		p.agree(st)
	case links.ToRemote:
		p.makeLink(st, Remote, target)
	case links.ToLocal:
		p.makeLink(st, Local, target)
	}
	return why, act == links.Unable
}

func (p *planner) makeLink(st *pathState, s Side, target string) {
	p.keepParentsOnBoth(st.path)
	p.add(Action{Op: Link, Side: s, Path: st.path, Target: target, Why: "link to " + target}, st)
	a := &p.plan.Actions[len(p.plan.Actions)-1]
	if a.RemoteChange = NoChange; s == Local {
		a.LocalChange, a.RemoteChange = NoChange, Created
	} else {
		a.LocalChange = Created
	}
}

// A LinkError says why a side does not make a link. It wraps [ErrUnsupported].
type LinkError struct{ Err error }

func (e *LinkError) Error() string   { return e.Err.Error() }
func (e *LinkError) Unwrap() []error { return []error{ErrUnsupported, e.Err} }

// tellUnlinked names, once for each engine, the links that the other side cannot have.
func (p *pass) tellUnlinked() {
	for s, paths := range p.plan.Unlinked {
		if len(paths) == 0 || p.unlinkedTold[s] {
			continue
		}
		p.unlinkedTold[s] = true
		slices.SortFunc(paths, manifest.Path.Compare)
		names := make([]string, 0, 4)
		for _, path := range paths[:min(len(paths), 3)] {
			names = append(names, string(path))
		}
		if more := len(paths) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		where := "the server makes no symbolic links (SITE SYMLINK)"
		if Side(s) == Remote {
			where = "no symbolic links can be made here"
		}
		p.tell(Noticed{Text: where + ", so these are left alone: " + strings.Join(names, ", ")})
	}
}

// leftLink tells that a side would not make a link after all. That is no failure.
func (p *pass) leftLink(a *Action, err error) bool {
	refused := new(LinkError)
	if a.Op != Link || !errors.As(err, &refused) {
		return false
	}
	p.markUndone(a)
	p.mu.Lock()
	p.sum.Skipped++
	p.mu.Unlock()
	p.tell(Noticed{Text: fmt.Sprintf("%s: the link is left alone: %v", a.Path, refused)})
	return true
}
