package deploy

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// swap makes the directory of the next release the live one, and that which was live a slot, in
// one write: if the next one cannot take its place, the last steps bring everything back.
func (s *switching) swap(ctx context.Context, number int) error {
	aside := s.slot(s.aside).Path
	if err := s.checkSwap(ctx, aside); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
	defer cancel()
	chain, at := s.swapChain(aside)
	began := s.Now()
	errs, err := s.server.Apply(ctx, [][]Chain{{chain}})
	s.live.result.Mixed = s.Now().Sub(began)
	why := err
	if err == nil {
		why = errs[0][0][at]
	}
	if why != nil {
		if err := s.settleSwap(ctx, aside, why); err != nil {
			return err
		}
	}
	s.live.result.Committed, s.live.result.Release = true, number
	s.Observer(Committed{number})
	s.Observer(WentLive{&s.live.plan.Release})
	return s.bringShared(ctx, aside)
}

// checkSwap looks once more at what is renamed, and at the lock.
func (s *switching) checkSwap(ctx context.Context, aside string) error {
	places := []Place{{}, Work(nextDir), Work(aside)}
	places = append(places, sharedIn(s.shared, "")...)
	places = append(places, sharedIn(s.shared, nextDir)...)
	looks, err := s.lookAt(ctx, places, true)
	if err != nil {
		return err
	}
	switch {
	case looks[0].Entry.Exists() == s.missing:
		return &sync.UnsafeError{What: "the site on the server was made, removed or renamed while this deploy was made: nothing is live"}
	case !looks[1].Entry.IsDir(), looks[2].Entry.Exists():
		return fmt.Errorf("%s or %s in the work directory was made, removed or renamed while this deploy was made: nothing is live", nextDir, aside)
	}
	if s.missing {
		return nil
	}
	if err := s.checkLock(ctx); err != nil {
		return err
	}
	for i, p := range s.shared {
		if !looks[3+i].Entry.Exists() || looks[3+len(s.shared)+i].Entry.Exists() {
			return fmt.Errorf("%q, which is shared, was made or removed while this deploy was made: nothing is live", p)
		}
	}
	return nil
}

// checkLock looks for a run that holds the live directory itself, as passes and other kinds of
// deploys do.
func (s *switching) checkLock(ctx context.Context) error {
	looks, err := s.live.Server.Look(ctx, []Place{Work("lock")}, false)
	switch {
	case err != nil:
		return err
	case looks[0].Err != nil:
		return fmt.Errorf("looking for another run: %w", looks[0].Err)
	case looks[0].Entry.Exists():
		return fmt.Errorf("%w: a run without switch: directory is in the site, or has left its lock in ferry's own directory there: nothing is live", sync.ErrHeld)
	}
	return nil
}

// swapChain returns the renames, and which of them makes the next release live.
func (s *switching) swapChain(aside string) (chain Chain, live int) {
	var back Chain
	if !s.missing {
		for _, p := range s.shared {
			here, there := Place{Path: string(p)}, Work(nextDir+"/"+string(p))
			chain = append(chain, Step{Op: Rename, From: here, To: there, Free: true})
			back = append(back, Step{Op: Rename, From: there, To: here, Free: true})
		}
		chain = append(chain, Step{Op: Rename, To: Work(aside), Free: true})
		// Refused where all went well, since the site is there.
		back = append(Chain{{Op: Rename, From: Work(aside), Free: true}}, back...)
	}
	live = len(chain)
	chain = append(chain, Step{Op: Rename, From: Work(nextDir), Free: true})
	return append(chain, back...), live
}

// settleSwap finds out what became of a switch whose rename was refused or not answered. It
// returns nil where the next release is live, and else why not, with the one before it live.
func (s *switching) settleSwap(ctx context.Context, aside string, why error) error {
	looks, err := s.lookAt(ctx, []Place{{}, Work(nextDir), Work(aside)}, true)
	if err != nil {
		return brokeOff(errors.Join(why, err))
	}
	if looks[0].Entry.Exists() && !looks[1].Entry.Exists() {
		return nil
	}
	failed := fmt.Errorf("the directory of the release could not take the place of the site, which is as it was: %w", why)
	var back Chain
	if !looks[0].Entry.Exists() && looks[2].Entry.Exists() {
		back = append(back, Step{Op: Rename, From: Work(aside), Free: true})
	}
	moved, err := s.lookAt(ctx, sharedIn(s.shared, nextDir), false)
	if err != nil {
		return brokeOff(errors.Join(why, err))
	}
	for i, p := range s.shared {
		if moved[i].Entry.Exists() && !s.missing {
			back = append(back, Step{Op: Rename, From: Work(nextDir + "/" + string(p)), To: Place{Path: string(p)}, Free: true})
		}
	}
	if len(back) > 0 {
		if err := s.apply(ctx, "going back", back); err != nil {
			return brokeOff(errors.Join(why, err))
		}
	}
	return failed
}

// bringShared moves what is shared after the site, where it was not moved with the switch.
func (s *switching) bringShared(ctx context.Context, aside string) error {
	if s.missing || len(s.shared) == 0 {
		return nil
	}
	looks, err := s.lookAt(ctx, append(sharedIn(s.shared, ""), sharedIn(s.shared, aside)...), false)
	if err != nil {
		return err
	}
	var bring Chain
	var lost []manifest.Path
	for i, p := range s.shared {
		switch {
		case looks[i].Entry.Exists():
		case looks[len(s.shared)+i].Entry.Exists():
			bring = append(bring, Step{Op: Rename, From: Work(aside + "/" + string(p)), To: Place{Path: string(p)}, Free: true})
		default:
			lost = append(lost, p)
		}
	}
	if len(bring) > 0 {
		if err := s.apply(ctx, "moving what is shared into the new release", bring); err != nil {
			return err
		}
	}
	if len(lost) > 0 {
		return fmt.Errorf("release %d is live without %s, which is shared and not on the server any more", s.live.result.Release, list(lost))
	}
	return nil
}
