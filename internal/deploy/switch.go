package deploy

import (
	"context"

	"ferry/manifest"
)

// runSwitch makes a deploy of a site that is switched as a whole. The release is made beside what
// is live, in a directory that was live before. Then the two directories are renamed in one
// write, or a file of the site names the other one.
func runSwitch(ctx context.Context, o Options) (Result, error) {
	s := newSwitching(o)
	err := s.deploy(ctx)
	return s.result(), err
}

// A switching is one deploy of a site that is switched as a whole, or one step back.
type switching struct {
	Options
	server SlotServer
	shared []manifest.Path
	live   *run // of the directory that is live; only its state is ever written
	next   *run // of the one that takes its place

	place    Place // of the live directory
	pointed  pointed
	missing  bool // the live directory is not there
	mode     uint16
	gone     []manifest.Path // what is shared and was not in the live directory at first
	managed  *Release        // the state of the live directory, with what is shared by now
	hasNext  bool
	hasSpare bool
	hasSlots bool
	listed   bool  // slots are known
	slots    []int // the numbers of the releases that were live, the oldest first
	aside    int   // the number of the slot of the live directory
	number   int   // the least one of the next release
	seen     Site  // the live directory
}

func newSwitching(o Options) *switching {
	s := &switching{server: o.Server.(SlotServer), shared: o.Shared}
	o.Server, o.Directory = s.server.Slot(s.place), false
	o.Maintenance = Maintenance{}
	o.Policy.First = OverwriteFirst
	o.Policy.Skip = func(p manifest.Path, _ bool) bool { return s.sharesHere() && s.isShared(p) } // all else counts
	s.live = newRun(o)
	s.Options = s.live.Options
	s.live.look = func(ctx context.Context, _ *Plan, site Site) error {
		s.seen = site
		if !s.live.Policy.Audit {
			return nil
		}
		return s.listAbove(ctx, s.live.Server, site)
	}
	return s
}

// result is that of the live directory, with what the making of the next one cost.
func (s *switching) result() Result {
	r := s.live.result
	if s.next != nil {
		r.Uploaded, r.Reused, r.BytesUp = s.next.result.Uploaded, s.next.result.Reused, s.next.result.BytesUp
	}
	return r
}

func (s *switching) deploy(ctx context.Context) error {
	files, stop := s.live.readSource(ctx)
	defer stop()
	unlock, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.live.admit(); err != nil {
		return err
	}
	if s.live.local, err = files(); err != nil {
		return err
	}
	s.leaveShared()
	if err := s.checkSource(); err != nil {
		return err
	}
	if err := s.live.checkLinks(); err != nil {
		return err
	}
	if err := s.plan(ctx); err != nil || s.DryRun {
		return err
	}
	if s.live.plan.Empty() {
		return s.live.noteSequence(ctx)
	}
	if s.Allow != nil {
		if err := s.Allow(ctx, s.live.plan); err != nil {
			return err
		}
	}
	if s.live.state == nil && !s.missing {
		o := s.Options
		o.Server = s.server
		if err := checkFileSystem(ctx, o); err != nil {
			return err
		}
	}
	if err := s.tryPointer(ctx); err != nil {
		return err
	}
	number, err := s.makeNext(ctx)
	if err != nil {
		return err
	}
	if s.Staged != nil {
		if err := s.Staged(ctx, s.live.plan); err != nil {
			return err
		}
	}
	s.Observer(Committing{len(s.live.plan.Release.Changes)})
	if err := s.goLive(ctx, number); err != nil {
		return err
	}
	s.live.count(&s.live.plan.Release, nil)
	return ctx.Err()
}

// goLive makes the directory of the next release the live one.
func (s *switching) goLive(ctx context.Context, number int) error {
	if s.Pointer != nil {
		return s.point(ctx, number)
	}
	return s.swap(ctx, number)
}
