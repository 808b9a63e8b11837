package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// isShared reports whether p is shared, or below something that is.
func (s *switching) isShared(p manifest.Path) bool {
	return slices.ContainsFunc(s.shared, p.Within)
}

// sharesHere reports whether the live directory is where the shared paths are. A slot that is
// pointed at has none of them: the web server takes them from the site.
func (s *switching) sharesHere() bool { return s.Pointer == nil || s.place == Place{} }

// holdsShared reports whether something below p is shared.
func (s *switching) holdsShared(p manifest.Path) bool {
	return slices.ContainsFunc(s.shared, func(q manifest.Path) bool { return q.Below(p) })
}

// leaveShared takes what is shared out of the local files and out of the state: it is the
// server's.
func (s *switching) leaveShared() {
	before := len(s.live.local)
	s.live.local = slices.DeleteFunc(slices.Clone(s.live.local), func(f LocalFile) bool { return s.isShared(f.Path) })
	if n := before - len(s.live.local); n > 0 {
		s.Observer(Noticed{Text: fmt.Sprintf("%d local files are below what is shared, and are not deployed", n)})
	}
	if s.managed = s.live.state; s.live.state != nil {
		state := *s.live.state
		state.Files = slices.DeleteFunc(slices.Clone(state.Files), func(f File) bool { return s.isShared(f.Path) })
		s.live.state = &state
	}
}

// plan decides what the next release changes. Where it changes anything, the live directory is
// looked at as a whole, since all of it is replaced.
func (s *switching) plan(ctx context.Context) (err error) {
	live := s.live
	first := live.state == nil
	stale, err := s.isStale()
	if err != nil {
		return err
	}
	whole := first || stale || s.wantsChange()
	if !whole {
		if live.plan, err = live.decide(ctx); err != nil {
			return err
		}
		whole = !live.plan.Empty()
	}
	if whole {
		live.Policy.Audit = true
		if live.Policy.Drift == SaveDrift {
			live.Policy.Drift = RestoreDrift
		}
		if live.plan, err = live.decide(ctx); err != nil {
			return err
		}
		live.plan.Record = live.plan.Record || stale
		if err := s.checkExtras(ctx); err != nil {
			return err
		}
		if s.DryRun && !s.missing && !s.hasNext || s.Pointer != nil && s.hasAny(s.seen) {
			if err := lostShared(s.gone); err != nil {
				return err
			}
		}
	}
	if first {
		live.plan.Drift = nil // the site as it was is kept as a whole
		live.plan.Record = true
	}
	if !live.plan.Empty() {
		if err := s.giveNumbers(ctx); err != nil {
			return err
		}
		live.plan.Release.Number = max(live.plan.Release.Number, s.number)
	}
	live.result.Plan = live.plan
	s.Observer(Planned{live.plan, live.stageBytes()})
	return live.plan.unknown()
}

// wantsChange reports whether the source differs from what is deployed, so that nothing has to be
// listed before all is.
func (s *switching) wantsChange() bool {
	policy := s.live.Policy
	policy.Audit, policy.Drift = false, SaveDrift
	return len(Touched(Site{State: s.live.state}, s.live.local, policy, s.Now())) > 0
}

// listAbove lists the directories above what is shared, too, where nothing may be managed.
func (s *switching) listAbove(ctx context.Context, server Server, site Site) error {
	var dirs []manifest.Path
	for _, p := range s.shared {
		for dir := range p.Ancestors {
			if site.Lists[dir] == nil && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	if server == s.live.Server && !s.sharesHere() && s.managed != nil { // deployed before they were shared
		for dir := range holds(s.managed.Files) {
			if s.isShared(dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	if len(dirs) == 0 {
		return nil
	}
	lists, err := server.List(ctx, dirs)
	maps.Copy(site.Lists, lists)
	return err
}

// checkExtras refuses to replace a directory that holds what no deploy put there.
func (s *switching) checkExtras(ctx context.Context) error {
	found, err := withoutEmpty(ctx, s.live.Server, s.seen, s.extras(s.seen, s.managed, s.sharesHere()))
	if err != nil || len(found) == 0 {
		return err
	}
	hint := "name it in shared:, and all releases have it, or remove it from the server, or use switch: files"
	if s.isShared(found[0]) {
		hint = fmt.Sprintf("shared: has visitors see %s in the site, not in %s: move the files there, and have the site write them there", found[0], s.place.Path)
	}
	return &sync.UnsafeError{What: "the site holds what no deploy put there, and would be without it: " + list(found), Hint: hint}
}

// extras returns what is in a directory and neither of its state nor of the source. What is
// shared may be there, where that is said.
func (s *switching) extras(site Site, state *Release, shared bool) (found []manifest.Path) {
	known := newSource(Site{State: state}, s.live.local, Policy{}, s.Now())
	for dir, l := range site.Lists {
		if l.Err != nil || shared && (s.isShared(dir) || s.isOwn(dir)) {
			continue
		}
		for name, look := range l.Entries {
			switch p := dir.Join(name); {
			case shared && (s.isShared(p) || s.isOwn(p)):
			case look.Entry.IsDir() && (known.had[p] || known.needed[p] || s.holdsShared(p)):
			case !look.Entry.IsDir() && (known.local[p] != nil || known.managed[p] != nil):
			default:
				found = append(found, p)
			}
		}
	}
	return found
}
