package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"ferry/manifest"
)

// errExtras means that the directory of the next release holds what no deploy put there.
var errExtras = errors.New("it holds what no deploy put there")

// A madeFrom is the local files without what is shared.
type madeFrom struct {
	Source
	files []LocalFile
}

func (m madeFrom) Files(context.Context) ([]LocalFile, error) { return m.files, nil }

// makeNext makes the next release whole in its directory and returns its number. What was
// begun there goes on.
func (s *switching) makeNext(ctx context.Context) (number int, err error) {
	for range 2 {
		if err := s.takeSlot(ctx); err != nil {
			return 0, err
		}
		s.next = s.nextRun()
		err = s.next.deploy(ctx)
		if !errors.Is(err, errExtras) {
			break
		}
		to := leftDir + "/" + newID()
		s.Observer(Warned{Text: fmt.Sprintf("a directory of an earlier release holds what no deploy put there: it is left as %s in the work directory, and the release is sent as a whole", to)})
		if err := s.apply(ctx, "setting a directory aside", Chain{{Op: MakeDir, To: Work(leftDir)}, {Op: Rename, From: Work(nextDir), To: Work(to), Free: true}}); err != nil {
			return 0, err
		}
		s.hasNext = false
	}
	if err != nil {
		return 0, err
	}
	if p, why := first(s.next.result.Failed); why != nil {
		return 0, fmt.Errorf("%q could not be put in place, so nothing is live: %w", p, why)
	}
	number = s.next.plan.Release.Number
	if s.next.plan.Empty() {
		number = s.next.state.Number
	}
	if err := s.keepDirModes(ctx); err != nil {
		return 0, err
	}
	return number, s.makeAbove(ctx)
}

// takeSlot makes the directory of an earlier release that of the next one, where none was
// begun: most of its files are needed again. As many as the profile says are spared.
func (s *switching) takeSlot(ctx context.Context) error {
	var chain Chain
	if !s.hasSlots {
		chain, s.hasSlots = append(chain, Step{Op: MakeDir, To: s.slotsPlace()}), true
	}
	var from Place
	switch last := len(s.slots) - 1; {
	case s.hasNext:
	case s.Pointer != nil && s.pointed.number == 0: // another pointer may name any of them
	case s.Pointer != nil && last >= 0 && s.slots[last] > s.pointed.number: // made, and not pointed at
		from, s.slots = s.slot(s.slots[last]), s.slots[:last]
	case s.hasSpare:
		from, s.hasSpare = Work(spareDir), false
	case len(s.slots) > s.Policy.Keep:
		from, s.slots = s.slot(s.slots[0]), s.slots[1:]
	}
	if from != (Place{}) {
		chain, s.hasNext = append(chain, Step{Op: Rename, From: from, To: Work(nextDir), Free: true}), true
	}
	if len(chain) == 0 {
		return nil
	}
	return s.apply(ctx, "taking the directory of an earlier release", chain)
}

// nextRun returns the deploy into the directory of the next release. Everything was decided by
// what is live; there it is only to become what the source says, in every file.
func (s *switching) nextRun() *run {
	o := s.Options
	o.Server, o.Source = s.server.Slot(Work(nextDir)), madeFrom{s.Source, s.live.local}
	o.Force, o.Links, o.Allow, o.Staged = true, nil, nil, nil
	o.Observer = func(e Event) {
		switch e.(type) {
		case Staged, Failed, Noticed, Warned:
			s.Observer(e)
		}
	}
	o.Policy.Drift, o.Policy.Audit, o.Policy.AcceptEmpty = RestoreDrift, true, true
	o.Policy.First, o.Policy.Keep, o.Policy.DeleteAfter = OverwriteFirst, 0, 0
	o.Policy.MostDeletions = func(int) int { return -1 }
	o.Policy.Mode = s.liveMode
	r := newRun(o)
	r.look = func(ctx context.Context, plan *Plan, site Site) error {
		if err := s.listAbove(ctx, r.Server, site); err != nil {
			return err
		}
		found, err := withoutEmpty(ctx, r.Server, site, s.extras(site, r.state, false))
		if err != nil {
			return err
		}
		if len(found) > 0 || r.state == nil && s.hasAny(site) {
			return errExtras
		}
		s.follow(plan, r.state)
		return nil
	}
	return r
}

// hasAny reports whether the root holds anything but directories above what is shared.
func (s *switching) hasAny(site Site) bool {
	root := site.Lists[manifest.Root]
	if root == nil {
		return false
	}
	for name, look := range root.Entries {
		if p := manifest.Path(name); !s.isOwn(p) && (!look.Entry.IsDir() || !s.holdsShared(p)) {
			return true
		}
	}
	return false
}

// follow makes the release that is planned the one after that which is live.
func (s *switching) follow(plan *Plan, was *Release) {
	next, live := &plan.Release, s.live.state
	next.Number = max(next.Number, s.number)
	next.History = s.live.plan.Release.History
	next.Sequence, next.Source = s.Sequence, s.From
	if live != nil {
		next.Sequence, next.Source = cmp.Or(s.Sequence, live.Sequence), cmp.Or(s.From, live.Source)
	}
	if was == nil || was.Number < s.number || was.Back != 0 || was.Revision != next.Revision || was.Sequence != next.Sequence || was.Source != next.Source {
		plan.Record = true
	}
}

// liveMode is the mode of a file of the next release: that of the profile, or else that which it
// has in the live directory.
func (s *switching) liveMode(p manifest.Path) uint16 {
	if set := s.Policy.Mode; set != nil {
		if m := set(p); m != 0 {
			return m
		}
	}
	look, how := s.seen.at(p)
	if !s.Policy.KeepModes || how != shown || !look.Entry.IsFile() || s.live.state == nil {
		return 0
	}
	f := s.live.state.File(p)
	i, found := slices.BinarySearchFunc(s.live.local, p, func(l LocalFile, p manifest.Path) int { return l.Path.Compare(p) })
	if f == nil || !found || s.live.local[i].Exec != f.Exec && !s.Policy.IgnoreExec {
		return 0
	}
	return look.Mode
}

// makeAbove makes the directories above what is shared in the next release, and what is shared
// where nothing was live before.
func (s *switching) makeAbove(ctx context.Context) error {
	wanted, in := s.shared, Work(nextDir)
	if s.Pointer != nil {
		wanted, in = s.gone, Place{} // of a site that is empty
	}
	var chain Chain
	made := map[manifest.Path]bool{manifest.Root: true}
	for _, p := range wanted {
		above := slices.Collect(p.Ancestors)
		slices.Reverse(above)
		if s.missing || s.Pointer != nil {
			above = append(above, p)
		}
		for _, dir := range above {
			if !made[dir] {
				made[dir] = true
				chain = append(chain, Step{Op: MakeDir, To: Place{Work: in.Work, Path: path.Join(in.Path, string(dir))}})
			}
		}
	}
	if len(chain) == 0 {
		return nil
	}
	return s.apply(ctx, "making the directories above what is shared", chain)
}

// keepDirModes gives the directories of the next release the modes that they have in the live one.
func (s *switching) keepDirModes(ctx context.Context) error {
	var chain Chain
	if s.mode != 0 {
		chain = append(chain, Step{Op: SetMode, To: Work(nextDir), Mode: s.mode})
	}
	needed := holds(s.next.plan.Release.Files)
	for dir, l := range s.seen.Lists {
		for name, look := range l.Entries {
			if p := dir.Join(name); look.Entry.IsDir() && look.Mode != 0 && needed[p] {
				chain = append(chain, Step{Op: SetMode, To: Work(nextDir + "/" + string(p)), Mode: look.Mode})
			}
		}
	}
	if !s.Policy.KeepModes || len(chain) == 0 {
		return nil
	}
	_, err := s.server.Apply(ctx, [][]Chain{{chain}}) // a server that sets no modes has said so before
	return err
}
