package remote

import (
	"context"
	"ferry/internal/ftp"
	"ferry/manifest"
	"fmt"
	"time"
)

// Limits of a group of files that are written beside first and then renamed
// together, so that the questions and the renames of all go in one batch each.
// groupTime is how long files are written before the group is brought to its
// end: what a killed run loses is bounded by it on a slow link.
const (
	groupFiles = 64
	groupBytes = 4 << 20
	groupTime  = 5 * time.Second
)

// puts writes a group of files: each beside its place first, then a look at all
// of them, then the renames. It returns how many of them it came to.
func (d *Directory) puts(ctx context.Context, all []*upload) int {
	began, n := time.Now(), 0
	for n < len(all) && (n == 0 || time.Since(began) < d.groupTime) {
		u := all[n]
		n++
		if u.step.Want.Size >= resumeFrom {
			d.foresee(ctx, u)
		}
		if !u.failed() {
			u.onward = n < len(all) && all[n].step.Want.Size < resumeFrom
			d.store(ctx, u)
		}
	}
	ups := all[:n]
	d.examine(ctx, ups)
	for attempt := 0; attempt < d.opts.Retries && d.storeAgain(ctx, ups); attempt++ {
		d.examine(ctx, ups) // all of them: the others had to wait
	}
	for _, u := range ups {
		d.judge(u)
	}
	d.install(ctx, ups)
	d.dropTemps(ctx, ups)
	return n
}

// foresee looks at the target of a large file before it is sent for nothing.
func (d *Directory) foresee(ctx context.Context, u *upload) {
	if u.failed() {
		return
	}
	err := d.do(ctx, "looking", func(ctx context.Context, s *ftp.Session) error {
		seen, err := d.look(ctx, s, []place{u.target})
		if err == nil && seen[0].err == nil {
			err = same(u.step.Path, u.step.Expect, seen[0].entry)
		}
		return err
	})
	if err != nil {
		u.fail(err)
	}
}

// storeAgain sends once more, from the beginning, what the server does not hold
// whole, and reports whether there was any.
func (d *Directory) storeAgain(ctx context.Context, ups []*upload) bool {
	any := false
	for _, u := range ups {
		if u.short() {
			any = true
			u.spend()
			u.again = true
			d.store(ctx, u)
		}
	}
	return any
}

// examine asks for the temporaries and targets of all in one batch, having set
// the times of the temporaries.
func (d *Directory) examine(ctx context.Context, ups []*upload) {
	var live []*upload
	for _, u := range ups {
		if !u.failed() {
			live = append(live, u)
		}
	}
	if len(live) == 0 {
		return
	}
	err := d.do(ctx, "looking at uploads", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		f := s.Features()
		for _, u := range live {
			if want := u.step.Want; want.Precision != manifest.NoTime {
				ftp.QueueSetTime(&b, f, u.temp.String(), want.Time())
			}
		}
		return d.lookAtUploads(ctx, s, &b, live)
	})
	for _, u := range live {
		switch {
		case err != nil:
			u.keep = u.worthKeeping()
			u.fail(err)
		case u.stamp.err != nil:
			u.fail(u.stamp.err)
		case u.there.err != nil:
			u.fail(u.there.err)
		}
	}
}

// lookAtUploads asks for temporaries and targets, behind the commands that are
// in b already.
func (d *Directory) lookAtUploads(ctx context.Context, s *ftp.Session, b *ftp.Batch, live []*upload) error {
	var places []place
	for _, u := range live {
		places = append(places, u.temp, u.target)
	}
	seen, err := d.lookAfter(ctx, s, b, places)
	for i, u := range live {
		u.stamp, u.there = seen[2*i], seen[2*i+1]
	}
	return err
}

// judge decides whether the temporary may take its place.
func (d *Directory) judge(u *upload) {
	if u.failed() {
		return
	}
	if u.short() {
		u.fail(&ftp.Error{Op: "STOR", Path: u.target.String(), Class: ftp.Retry,
			Err: fmt.Errorf("%d bytes were sent and the server holds %d", u.size, u.stamp.entry.Size)})
		return
	}
	if err := same(u.step.Path, u.step.Expect, u.there.entry); err != nil {
		u.fail(err)
		return
	}
	if u.step.Keep != "" && u.step.Keep == u.out.Sum {
		u.out.Kept, u.out.Entry = true, named(u.there.entry, u.step.Path, u.target.name)
	}
}

// dropTemps removes the temporaries that did not come to their place, but for those
// that a later attempt can go on with. What a cancelled context leaves behind is
// for [Directory.Tidy].
func (d *Directory) dropTemps(ctx context.Context, ups []*upload) {
	var gone []place
	for _, u := range ups {
		switch {
		case !u.failed() && !u.out.Kept || u.temp.name == "":
		case u.keep || u.out.Ambiguous:
			d.temps.keep(u.temp, max(u.size, 1))
		default:
			u.spend()
		}
		gone = append(gone, u.spent...)
	}
	if len(gone) == 0 {
		return
	}
	var b ftp.Batch
	for _, at := range gone {
		b.Add("DELE "+at.String(), nil)
		d.temps.end(at)
	}
	if err := d.do(ctx, "removing temporaries", b.Run); err != nil && ctx.Err() == nil {
		d.opts.Log.Info("temporaries were left behind", "count", len(gone), "because", err)
	}
}
