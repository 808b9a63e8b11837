package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ferry/internal/deploy/release"
	"ferry/sync"
)

// rollbackSwitch is [Rollback] for a site that is switched as a whole: the directory of the
// older release is live again, by the same write.
func rollbackSwitch(ctx context.Context, o Options, to int) (Result, error) {
	s := newSwitching(o)
	err := s.rollback(ctx, to)
	return s.result(), err
}

func (s *switching) rollback(ctx context.Context, to int) error {
	unlock, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if s.live.state == nil {
		return errors.New("nothing was deployed here")
	}
	s.leaveShared()
	if err := s.giveNumbers(ctx); err != nil {
		return err
	}
	dir, there, err := s.pick(ctx, to)
	if err != nil {
		return err
	}
	if err := s.checkUntouched(ctx); err != nil {
		return err
	}
	s.planBack(there)
	if s.DryRun {
		return nil
	}
	if err := s.takeBack(ctx, dir); err != nil {
		return err
	}
	s.Observer(Committing{len(s.live.plan.Release.Changes)})
	if err := s.goLive(ctx, s.live.plan.Release.Number); err != nil {
		return err
	}
	s.live.count(&s.live.plan.Release, nil)
	return ctx.Err()
}

// pick finds the directory of the release to go back to, and what it holds: number to, or the last
// one that was live before the one whose files are live.
func (s *switching) pick(ctx context.Context, to int) (dir Place, found *Release, err error) {
	live := s.live.state
	content := live.Content()
	var dirs []Place
	if s.hasNext { // it may be an older release that an earlier step back has taken
		dirs = append(dirs, Work(nextDir))
	}
	for _, n := range slices.Backward(s.slots) {
		if s.Pointer == nil || s.pointed.number > 0 { // else another pointer may name any of them
			dirs = append(dirs, s.slot(n))
		}
	}
	best := -2
	for _, place := range dirs {
		there, err := s.wholeIn(ctx, place)
		if err != nil {
			return dir, nil, err
		}
		if there == nil || to != 0 && there.Content() != to || to == 0 && there.Content() >= content {
			continue
		}
		if last := lastLive(live, there); last > best && (to != 0 || last > 0) {
			dir, found, best = place, there, last
		}
	}
	if found == nil && to != 0 {
		return dir, nil, fmt.Errorf("release %d %w", to, ErrNotKept)
	}
	if found == nil {
		return dir, nil, fmt.Errorf("the release before %d %w", content, ErrNotKept)
	}
	return dir, found, nil
}

// lastLive returns as which release before live a directory was shown last; -1: it was not, as
// where a deploy broke off right before the switch.
func lastLive(live, there *Release) int {
	history := live.History
	for _, n := range []int{there.Number, there.Back} {
		if slices.ContainsFunc(history, func(rec Record) bool { return rec.Number == n }) ||
			len(history) == release.MostHistory && n < history[len(history)-1].Number && n > 0 {
			return n
		}
	}
	return -1
}

// wholeIn returns the release that a directory holds, nil where it holds
// none, or one that is being made.
func (s *switching) wholeIn(ctx context.Context, dir Place) (release *Release, err error) {
	o := s.Options
	o.Server, o.DryRun, o.Observer = s.server.Slot(dir), true, nil
	r := newRun(o)
	if r.found, err = r.Server.Begin(ctx); err != nil || r.found.Commit || dir == Work(nextDir) && r.found.Stage {
		return nil, err
	}
	err = r.readState(ctx)
	return r.state, err
}

// checkUntouched refuses to go back where the live directory is not as it was deployed.
func (s *switching) checkUntouched(ctx context.Context) error {
	if s.Force {
		return nil
	}
	for _, f := range s.live.state.Files {
		s.live.local = append(s.live.local, LocalFile{Path: f.Path, Size: f.Seen.Size, Sum: f.Sum, Exec: f.Exec})
	}
	s.live.Policy.Audit, s.live.Policy.Drift, s.live.Policy.AcceptEmpty = true, SaveDrift, true
	plan, err := s.live.decide(ctx)
	if err != nil {
		return err
	}
	if err := plan.unknown(); err != nil {
		return err
	}
	if err := s.checkExtras(ctx); err != nil {
		return err
	}
	if len(plan.Drift) > 0 {
		return &sync.UnsafeError{
			What: fmt.Sprintf("%q is not as release %d left it, and would be replaced", plan.Drift[0].Path, s.live.state.Number),
			Hint: "look at it; --force goes back all the same, and its version stays in the directory of that release",
		}
	}
	return nil
}

// planBack makes the plan of going back to a release.
func (s *switching) planBack(there *Release) {
	live := s.live.state
	next := *there
	next.Back, next.Held, next.Changes, next.Maintenance = there.Content(), max(live.Held, live.Sequence), nil, MaintenanceFile{}
	next.Follow(live)
	s.live.name(&next)
	next.Number = max(next.Number, s.number)
	next.Revision, next.Source, next.Sequence = there.Revision, live.Source, live.Sequence
	s.live.plan = &Plan{Release: next, Record: true}
	s.live.plan.Release.Changes = between(live, there)
	s.live.result.Plan = s.live.plan
	s.Observer(Planned{s.live.plan, 0})
}

// between returns in which files two releases differ.
func between(from, to *Release) (changes []Change) {
	for _, f := range to.Files {
		was := from.File(f.Path)
		switch {
		case was == nil:
			changes = append(changes, Change{Kind: Put, Path: f.Path, Is: f.Seen})
		case was.Sum != f.Sum:
			changes = append(changes, Change{Kind: Put, Path: f.Path, Was: was.Seen, Is: f.Seen})
		}
	}
	for _, f := range from.Files {
		if to.File(f.Path) == nil {
			changes = append(changes, Change{Kind: Remove, Path: f.Path, Was: f.Seen})
		}
	}
	return changes
}

// takeBack makes the directory of an older release the next one, with its new state.
func (s *switching) takeBack(ctx context.Context, dir Place) error {
	if dir != Work(nextDir) {
		chain := Chain{{Op: MakeDir, To: Work(leftDir)}}
		if s.hasNext && s.hasSpare {
			chain = append(chain, Step{Op: Rename, From: Work(spareDir), To: Work(leftDir + "/" + newID()), Free: true})
		}
		if s.hasNext {
			chain = append(chain, Step{Op: Rename, From: Work(nextDir), To: Work(spareDir), Free: true})
		}
		chain = append(chain, Step{Op: Rename, From: dir, To: Work(nextDir), Free: true})
		if err := s.apply(ctx, "taking the directory of an earlier release", chain); err != nil {
			return err
		}
	}
	release := s.live.plan.Release
	s.next = newRun(s.Options)
	s.next.Server = s.server.Slot(Work(nextDir))
	if err := s.next.putState(ctx, &release); err != nil {
		return fmt.Errorf("writing the state of the release: %w", err)
	}
	if s.Pointer != nil {
		return nil
	}
	return s.makeAbove(ctx)
}

// releasesInSlots is [Releases] for a site that is switched as a whole.
func releasesInSlots(ctx context.Context, o Options) ([]Told, error) {
	s := newSwitching(o)
	if _, err := s.begin(ctx); err != nil || s.live.state == nil {
		return nil, err
	}
	if err := s.listSlots(ctx); err != nil {
		return nil, err
	}
	live := s.live.state
	told := []Told{{Record: live.Record(), Live: true, Back: live.Back}}
	for _, rec := range live.History {
		told = append(told, Told{Record: rec, Kept: slices.Contains(s.slots, rec.Number)})
	}
	return told, nil
}

// savedInSlots is [SavedVersions] for a site that is switched as a whole: what the live
// directory and those of other releases have saved.
func savedInSlots(ctx context.Context, o Options) (all []SavedVersion, err error) {
	o.DryRun = true
	s := newSwitching(o)
	if err := s.lookAround(ctx); err != nil {
		return nil, err
	}
	if err := s.listSlots(ctx); err != nil {
		return nil, err
	}
	places := []Place{s.place, Work(nextDir), Work(spareDir)}
	for _, n := range slices.Backward(s.slots) {
		places = append(places, s.slot(n))
	}
	o.Directory, o.Pointer = false, nil
	for _, at := range places {
		if at == Work(nextDir) && !s.hasNext || at == Work(spareDir) && !s.hasSpare {
			continue
		}
		o.Server = s.at(at)
		saved, err := SavedVersions(ctx, o)
		if err != nil {
			return nil, err
		}
		all = append(all, saved...)
	}
	slices.SortStableFunc(all, func(a, b SavedVersion) int { return b.Release - a.Release })
	return all, nil
}
