package deploy

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// begin takes the lock, looks at what is there, repairs a switch that broke off, and reads the
// state of the live directory.
func (s *switching) begin(ctx context.Context) (unlock func(), err error) {
	unlock = func() {}
	if !s.DryRun {
		if unlock, err = s.lock(ctx); err != nil {
			return nil, err
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

// lock takes the lock of the site.
func (s *switching) lock(ctx context.Context) (unlock func(), err error) {
	if s.Pointer != nil {
		r := run{Options: s.Options}
		r.Server = s.server
		return r.lock(ctx)
	}
	unlock, _, err = s.server.Lock(ctx)
	if err == nil || errors.Is(err, sync.ErrHeld) || errors.Is(err, sync.ErrFatal) || ctx.Err() != nil {
		return unlock, err
	}
	return nil, fmt.Errorf("%w: %w", ErrBeside, err)
}

// lookAround looks for the live directory, what is shared, and other directories.
func (s *switching) lookAround(ctx context.Context) error {
	if err := s.readPointer(ctx); err != nil {
		return err
	}
	places := []Place{s.place, Work(nextDir), Work(spareDir), s.slotsPlace()}
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
	if s.missing && s.Pointer == nil {
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
	names, err := s.namesOfSlots(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		n, err := strconv.Atoi(name)
		switch at := s.slot(n); {
		case err == nil && path.Base(at.Path) == name && at != s.place:
			s.slots = append(s.slots, n)
		case s.Pointer != nil && strings.HasPrefix(name, tryPrefix):
			s.pointed.tries = append(s.pointed.tries, name)
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
	if s.Pointer != nil {
		s.aside = max(s.aside-1, s.pointed.number)
	}
	if s.live.state != nil {
		s.aside = max(s.aside, s.live.state.Number)
	}
	s.number = s.aside + 1
	return nil
}

// repair brings back what a switch that broke off has left: the newest release that was live,
// where none is, and what is shared, from the directory that was to be live. gone is what is
// shared and not in the live directory.
func (s *switching) repair(ctx context.Context, gone []manifest.Path) error {
	if s.DryRun || s.Pointer != nil { // a pointer moves nothing
		return nil
	}
	if s.missing && len(s.slots) > 0 {
		n := s.slots[len(s.slots)-1]
		s.Observer(Noticed{Text: fmt.Sprintf("a switch broke off: release %d is live again", n)})
		if err := s.apply(ctx, "putting the last release back", Chain{{Op: Rename, From: s.slot(n), Free: true}}); err != nil {
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
