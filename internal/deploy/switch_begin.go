package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"ferry/manifest"
	"ferry/sync"
)

// begin takes the lock, looks at what is there, repairs a switch that broke off, and reads the
// state of the live directory.
func (s *switching) begin(ctx context.Context) (unlock func(), err error) {
	unlock = func() {}
	if !s.DryRun {
		unlock, _, err = s.server.Lock(ctx)
		switch {
		case err == nil:
		case errors.Is(err, sync.ErrHeld), errors.Is(err, sync.ErrFatal), ctx.Err() != nil:
			return nil, err
		default:
			return nil, fmt.Errorf("%w: %w", ErrBeside, err)
		}
	}
	if err = s.lookAround(ctx); err == nil {
		s.live.found, err = s.live.Server.Begin(ctx)
	}
	if err == nil {
		err = s.live.readState(ctx)
	}
	if err == nil && s.live.found.Commit && !s.DryRun {
		err = s.live.finish(ctx)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	if s.live.state != nil {
		s.live.result.Release, s.live.result.Previous = s.live.state.Number, s.live.state.Number
	}
	return unlock, nil
}

// lookAround looks for the live directory, what is shared, and other directories.
func (s *switching) lookAround(ctx context.Context) error {
	places := []Place{{}, Work(nextDir), Work(spareDir), Work(slotsDir)}
	for _, p := range s.shared {
		places = append(places, Place{Path: string(p)})
	}
	looks, err := s.lookAt(ctx, places, false)
	if err != nil {
		return err
	}
	live := looks[0].Entry
	if live.Exists() && !live.IsDir() {
		return &sync.UnsafeError{What: "the site on the server is a link or a file, which cannot be switched", Hint: "name the directory itself in remote:, or use switch: files"}
	}
	s.missing, s.mode = !live.Exists(), looks[0].Mode
	s.hasNext, s.hasSpare = looks[1].Entry.IsDir(), looks[2].Entry.IsDir()
	s.hasSlots = looks[3].Entry.IsDir()
	if s.missing {
		if err := s.listSlots(ctx); err != nil {
			return err
		}
	}
	var gone []manifest.Path
	for i, p := range s.shared {
		if !looks[4+i].Entry.Exists() {
			gone = append(gone, p)
		}
	}
	s.gone = gone
	return s.repair(ctx, gone)
}

// lookAt is [Server.Look] where every place must be known.
func (s *switching) lookAt(ctx context.Context, places []Place, held bool) ([]Look, error) {
	looks, err := s.server.Look(ctx, places, held)
	for i := range looks {
		if err == nil && looks[i].Err != nil {
			err = fmt.Errorf("looking at %q: %w", places[i].Path, looks[i].Err)
		}
	}
	return looks, err
}

// listSlots looks for the releases that were live, once.
func (s *switching) listSlots(ctx context.Context) error {
	if !s.hasSlots || s.listed {
		return nil
	}
	files, err := s.server.ListWork(ctx, slotsDir)
	if err != nil && !errors.Is(err, ErrMissing) {
		return err
	}
	for _, f := range files {
		if n, err := strconv.Atoi(f.Name); err == nil && f.Entry.IsDir() && slotName(n) == slotsDir+"/"+f.Name {
			s.slots = append(s.slots, n)
		}
	}
	slices.Sort(s.slots)
	s.listed = true
	return nil
}

// giveNumbers finds the numbers of the slot of the live directory and of the next release.
func (s *switching) giveNumbers(ctx context.Context) error {
	if err := s.listSlots(ctx); err != nil {
		return err
	}
	s.aside = slices.Max(append([]int{-1}, s.slots...)) + 1
	if s.live.state != nil {
		s.aside = max(s.aside, s.live.state.Number)
	}
	s.number = s.aside + 1
	return nil
}

// slotName is the directory of a release that was live. All names have one length, so that none
// is the beginning of another.
func slotName(number int) string { return fmt.Sprintf("%s/%07d", slotsDir, number) }

// repair brings back what a switch that broke off has left: the newest release that was live,
// where none is, and what is shared, from the directory that was to be live. gone is what is
// shared and not in the live directory.
func (s *switching) repair(ctx context.Context, gone []manifest.Path) error {
	if s.DryRun {
		return nil
	}
	if s.missing && len(s.slots) > 0 {
		n := s.slots[len(s.slots)-1]
		s.Observer(Noticed{Text: fmt.Sprintf("a switch broke off: release %d is live again", n)})
		if err := s.apply(ctx, "putting the last release back", Chain{{Op: Rename, From: Work(slotName(n)), Free: true}}); err != nil {
			return err
		}
		s.missing, s.slots = false, s.slots[:len(s.slots)-1]
		looks, err := s.lookAt(ctx, append(sharedIn(s.shared, ""), Place{}), false)
		if err != nil {
			return err
		}
		gone = gone[:0]
		for i, p := range s.shared {
			if !looks[i].Entry.Exists() {
				gone = append(gone, p)
			}
		}
		s.mode = looks[len(s.shared)].Mode
	}
	if s.missing || len(gone) == 0 {
		return nil
	}
	looks, err := s.lookAt(ctx, sharedIn(gone, nextDir), false)
	if err != nil {
		return err
	}
	var back Chain
	var lost []manifest.Path
	for i, p := range gone {
		if s.hasNext && looks[i].Entry.Exists() {
			back = append(back, Step{Op: Rename, From: Work(nextDir + "/" + string(p)), To: Place{Path: string(p)}, Free: true})
		} else {
			lost = append(lost, p)
		}
	}
	if len(back) > 0 {
		s.Observer(Noticed{Text: "a switch broke off: what is shared is moved back"})
		if err := s.apply(ctx, "moving back what is shared", back); err != nil {
			return err
		}
	}
	return lostShared(lost)
}

func lostShared(lost []manifest.Path) error {
	if len(lost) == 0 {
		return nil
	}
	return &sync.UnsafeError{What: "shared: names what is not on the server: " + list(lost), Hint: "make these directories in the site, or take them out of shared:"}
}

// sharedIn returns the places of paths in the site, where dir is "", or in a directory of the
// work directory.
func sharedIn(shared []manifest.Path, dir string) []Place {
	places := make([]Place, len(shared), len(shared)+1)
	for i, p := range shared {
		if places[i] = (Place{Path: string(p)}); dir != "" {
			places[i] = Work(dir + "/" + string(p))
		}
	}
	return places
}

// apply carries out one chain of which every step must succeed.
func (s *switching) apply(ctx context.Context, what string, chain Chain) error {
	r := run{Options: Options{Server: s.server}}
	return r.applyAll(ctx, what, [][]Chain{{chain}})
}
