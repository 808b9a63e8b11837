package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ferry/manifest"
	"ferry/sync/links"
)

// linksSeen is what both sides have told about their links in this pass.
type linksSeen struct {
	makes   [2]bool // by Side: it can make links
	targets [2]map[manifest.Path]string
	refused *links.Refusals // in earlier passes
}

func newLinksSeen(refused *links.Refusals) *linksSeen {
	return &linksSeen{targets: [2]map[manifest.Path]string{{}, {}}, refused: refused}
}

func tryLink(trees [2]*manifest.Tree, s Side, path manifest.Path, target string) links.Try {
	to, _ := links.Resolve(path, target)
	return links.Try{Remote: s == Remote, Path: path, Target: target, Leads: trees[s].At(to).Exists()}
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
		at := p.currentPath(st.path, s)
		target, known := p.policy.links.targets[s][at]
		if !known {
			p.plan.AskLinks[s] = append(p.plan.AskLinks[s], at)
		}
		ends[s].Target = target
	}
	makes := p.policy.links.makes
	act, target, why := links.Decide(links.Case{Path: st.path, Local: ends[Local], Remote: ends[Remote], Was: st.base.Kind(),
		Push: p.policy.Direction == Push, Pull: p.policy.Direction == Pull, LocalMakes: makes[Local], RemoteMakes: makes[Remote]})
	switch act {
	case links.Unable:
		p.unlinked(why, st.path)
		return why, true
	case links.Agree:
		p.agree(st)
	case links.ToRemote:
		return p.makeLink(st, Remote, target), true
	case links.ToLocal:
		return p.makeLink(st, Local, target), true
	}
	return why, false
}

// unlinked notes a link that the other side cannot have.
func (p *planner) unlinked(why string, path manifest.Path) {
	if p.plan.Unlinked == nil {
		p.plan.Unlinked = make(map[string][]manifest.Path)
	}
	p.plan.Unlinked[why] = append(p.plan.Unlinked[why], path)
}

// linksRefused is what is told of links that a side has refused to make, all at once.
var linksRefused = [2]string{Local: "links were refused here in the last week", Remote: "the server has refused links in the last week"}

// makeLink plans a link, or returns why side s has refused to make it.
func (p *planner) makeLink(st *pathState, s Side, target string) (refused string) {
	if refused = p.policy.links.refused.Why(tryLink(p.threeWay.trees, s, st.path, target), p.policy.now); refused != "" {
		p.unlinked(linksRefused[s], st.path)
		return refused
	}
	p.keepParentsOnBoth(st.path)
	p.add(Action{Op: Link, Side: s, Path: st.path, Target: target, Why: "link to " + target}, st)
	p.amend(func(a *Action) {
		if a.RemoteChange = NoChange; s == Local {
			a.LocalChange, a.RemoteChange = NoChange, Created
		} else {
			a.LocalChange = Created
		}
	})
	return ""
}

// A LinkError says why a side does not make a link. It wraps [ErrUnsupported].
type LinkError struct{ Err error }

func (e *LinkError) Error() string   { return e.Err.Error() }
func (e *LinkError) Unwrap() []error { return []error{ErrUnsupported, e.Err} }

// tellUnlinked names, once for each engine and reason, the links that the other side cannot
// have.
func (p *pass) tellUnlinked() {
	for _, why := range slices.Sorted(maps.Keys(p.plan.Unlinked)) {
		if p.unlinkedTold[why] {
			continue
		}
		p.unlinkedTold[why] = true
		paths := p.plan.Unlinked[why]
		slices.SortFunc(paths, manifest.Path.Compare)
		names := make([]string, 0, 4)
		for _, path := range paths[:min(len(paths), 3)] {
			names = append(names, string(path))
		}
		if more := len(paths) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		p.tell(Noticed{Text: why + ", so these are left alone: " + strings.Join(names, ", ")})
	}
}

// takesAway reports whether the plan removes that to which a link leads. The caller holds mu.
func (p *pass) takesAway(s Side, path manifest.Path, target string) bool {
	if p.away == nil {
		p.away = make(map[place]bool)
		for _, a := range p.plan.Actions.All() {
			switch a.Op {
			case Delete:
				p.away[place{a.Side, a.Path}] = true
			case Rename:
				p.away[place{a.Side, a.From}] = true
			}
		}
	}
	to, _ := links.Resolve(path, target)
	return p.away[place{s, to}]
}

// keepRefusals remembers the links that were refused for later processes.
func (e *Engine) keepRefusals() {
	if err := e.opts.LinkRefusals.Keep(e.opts.Now()); err != nil {
		e.opts.Log.Warn("the links that were refused could not be noted", "error", err)
	}
}

// leftLink tells that a side would not make a link after all, and has later passes leave it
// alone. That is no failure.
func (p *pass) leftLink(a *Action, err error) bool {
	refused := new(LinkError)
	if a.Op != Link || !errors.As(err, &refused) {
		return false
	}
	p.markUndone(a)
	p.mu.Lock()
	p.sum.Skipped++
	try := tryLink(p.trees, a.Side, a.Path, a.Target)
	try.Leads = try.Leads && !p.takesAway(a.Side, a.Path, a.Target)
	p.opts.LinkRefusals.Add(links.Refusal{Try: try, Why: "a link that was not made: " + refused.Error(), At: p.policy.now})
	p.unlinkedTold[linksRefused[a.Side]] = true
	p.mu.Unlock()
	p.tell(Refused{Action: a})
	p.tell(Noticed{Text: fmt.Sprintf("%s: the link is left alone: %v", a.Path, refused)})
	return true
}

// A place is a path on one side.
type place struct {
	side Side
	path manifest.Path
}
