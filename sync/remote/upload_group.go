package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Limits of a group of files. All are written first, so that the questions and the
// renames of the whole group go in one batch each. groupTime is how long files are
// written before the group is completed. It bounds what a killed run loses on a slow
// link.
const (
	groupFiles = 64
	groupBytes = 4 << 20
	groupTime  = 5 * time.Second
)

// apply carries out a group of steps, or the first few of them, and returns how many.
func (up *uploader) apply(ctx context.Context, steps []sync.Step, outs []sync.Outcome) int {
	all := make([]*upload, len(steps))
	for i, step := range steps {
		all[i] = up.prepare(step)
	}
	began, n := time.Now(), 0
	var full *upload // the smallest for which there was no room
	for n < len(all) && (n == 0 || time.Since(began) < up.groupTime) {
		u := all[n]
		n++
		if u.step.Want.Size >= sync.ResumeFrom {
			up.checkTarget(ctx, u)
		}
		if full != nil && !u.failed() && u.step.Want.Size >= full.step.Want.Size {
			u.fail(full.out.Err) // what is as large will not fit either
		}
		if !u.failed() {
			u.smallFollows = n < len(all) && all[n].step.Want.Size < sync.ResumeFrom
			up.store(ctx, u)
			if errors.Is(u.out.Err, sync.ErrFull) {
				full = u
			}
		}
	}
	all = all[:n]
	up.settle(ctx)
	up.examine(ctx, all)
	up.awaitWhole(ctx, all)
	for attempt := 0; attempt < min(up.opts.Retries, mostStoredAgain) && up.storeAgain(ctx, all); attempt++ {
		up.settle(ctx)
		up.examine(ctx, all) // all of them: the others had to wait
		up.awaitWhole(ctx, all)
	}
	for _, u := range all {
		up.judge(u)
	}
	up.install(ctx, all)
	up.removeTemps(ctx, all)
	for i, u := range all {
		outs[i] = u.out
	}
	return n
}

// mostStoredAgain is how often a file is sent again in a pass because the server holds
// another number of bytes.
const mostStoredAgain = 1

// awaitWhole looks again where the server has confirmed more than it holds: it may show that
// only later.
func (up *uploader) awaitWhole(ctx context.Context, all []*upload) {
	showsLess := func(u *upload) bool { return u.isIncomplete() && u.lost == nil }
	if slices.ContainsFunc(all, showsLess) {
		up.showsLater(ctx, LookAgain, func(ctx context.Context) bool {
			up.examine(ctx, all)
			return !slices.ContainsFunc(all, showsLess)
		})
	}
}

// checkTarget looks at the target of a large file, so that it is not sent for nothing.
func (up *uploader) checkTarget(ctx context.Context, u *upload) {
	if u.failed() {
		return
	}
	seen, err := up.statPlaces(ctx, "looking before an upload", u.target)
	if err == nil && seen[0].err == nil {
		err = unchanged(u.step.Path, u.step.Expect, seen[0].entry)
	}
	if err != nil {
		u.fail(err)
	}
}

// storeAgain sends once more, from the start, what the server holds only in part. It
// reports whether there was any.
func (up *uploader) storeAgain(ctx context.Context, all []*upload) (any bool) {
	for _, u := range all {
		if u.isIncomplete() {
			any = true
			if u.deflated && u.lost == nil {
				up.features.Observe(ftp.DeflatesUploads, false) // the server took it for something else
			}
			u.discardTemp()
			u.fromStart = true
			up.store(ctx, u)
		}
	}
	return any
}

// examine sets the times of the temporaries, and asks what the temporaries and the
// targets are, in one batch.
func (up *uploader) examine(ctx context.Context, all []*upload) {
	var open []*upload
	var places []place
	for _, u := range all {
		if !u.failed() {
			open, places = append(open, u), append(places, u.temp, u.target)
		}
	}
	if len(open) == 0 {
		return
	}
	err := up.do(ctx, "looking at uploads", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for _, u := range open {
			if want := u.step.Want; want.Precision != manifest.NoTime && !u.timeSet {
				ftp.QueueSetTime(&b, s.Features(), u.temp.String(), want.Time(), &u.timeSet)
			}
			up.keepMode(&b, s.Features(), u)
		}
		seen, err := up.statAfter(ctx, s, &b, places)
		for i, u := range open {
			u.tempStat, u.targetStat = seen[2*i], seen[2*i+1]
			if errors.Is(u.tempStat.err, errHidden) {
				u.tempStat = stat{} // it may show later
			}
			up.learnMode(u)
		}
		return err
	})
	for _, u := range open {
		switch {
		case err != nil:
			u.resumable = u.canResume()
			u.fail(err)
		case u.tempStat.err != nil:
			u.fail(u.tempStat.err)
		case u.targetStat.err != nil:
			u.fail(u.targetStat.err)
		}
	}
}

// judge decides whether the temporary may take its place.
func (up *uploader) judge(u *upload) {
	if u.failed() {
		return
	}
	if u.isIncomplete() && u.lost != nil {
		u.fail(withName(u.lost, u.temp, u.target))
		return
	}
	if u.isIncomplete() {
		u.fail(&ftp.Error{Op: "STOR", Path: u.target.String(), Class: ftp.Retry, Hint: u.hintOfHidden(),
			Err: fmt.Errorf("%d bytes were sent and the server holds %d", u.size, u.tempStat.entry.Size)})
		return
	}
	if err := unchanged(u.step.Path, u.step.Expect, u.targetStat.entry); err != nil {
		u.fail(err)
		return
	}
	if u.step.Keep != "" && u.step.Keep == u.out.Sum {
		u.out.Kept, u.out.Entry = true, spelled(u.targetStat.entry, u.step.Path, u.target.Name)
	}
}

// removeTemps removes the temporaries that did not take their place, except those that
// a later attempt can resume, also when ctx was cancelled. What cannot be removed is left
// to [temporary.Files.Sweep].
func (up *uploader) removeTemps(ctx context.Context, all []*upload) {
	var gone []place
	for _, u := range all {
		switch {
		case !u.failed() && !u.out.Kept || u.temp == place{}:
		case u.resumable || u.out.Ambiguous:
			up.temps.Keep(u.temp, max(u.size, 1))
		default:
			u.discardTemp()
		}
		gone = append(gone, u.discarded...)
	}
	var b ftp.Batch
	for _, at := range gone {
		b.Add("DELE "+at.String(), func(r ftp.Reply) {
			if r.OK() || r.Code == 550 {
				up.temps.End(at)
			}
		})
	}
	ctx, cancel := up.graceContext(ctx)
	defer cancel()
	if err := up.runAny(ctx, "removing temporaries", &b); err != nil {
		for _, at := range gone {
			up.temps.Leave(at)
		}
		up.opts.Log.Info("temporaries were left behind", "count", len(gone), "because", err)
	}
}
