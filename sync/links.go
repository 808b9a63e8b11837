package sync

import (
	"context"
	"errors"
	"fmt"

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
// why the path is left alone; "": it is not.
func (p *planner) decideLink(st *pathState) (why string) {
	both := st.now[Local].Kind == manifest.Other && st.now[Remote].Kind == manifest.Other
	if both && st.hasBase && st.base.Kind() == manifest.Other && !st.stale() {
		return ""
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
	case links.Agree:
		p.agree(st)
	case links.ToRemote:
		p.makeLink(st, Remote, target)
	case links.ToLocal:
		p.makeLink(st, Local, target)
	}
	return why
}

func (p *planner) makeLink(st *pathState, s Side, target string) {
	p.keepParentsOnBoth(st.path)
	p.add(Action{Op: Link, Side: s, Path: st.path, Target: target, Why: "link to " + target}, st)
}

// leftLink tells that a side would not make a link after all. That is no failure.
func (p *pass) leftLink(a *Action, err error) bool {
	if a.Op != Link || !errors.Is(err, ErrUnsupported) {
		return false
	}
	p.markUndone(a)
	p.mu.Lock()
	p.sum.Skipped++
	p.mu.Unlock()
	p.tell(Noticed{Text: fmt.Sprintf("%s: the link is left alone: %v", a.Path, err)})
	return true
}
