package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// install gives the temporaries of a group their names: in one batch what is
// kept of the old versions goes to the trash, in the next the new ones take
// their places. A pair whose answer is missing or odd is settled by looking.
// Once begun it is brought to its end, so that no name is left without a file.
func (d *Directory) install(ctx context.Context, ups []*upload) {
	var live, first []*upload
	for _, u := range ups {
		if !u.failed() && !u.out.Kept {
			live = append(live, u)
		}
	}
	if len(live) == 0 {
		return
	}
	if ctx.Err() != nil {
		failAll(live, context.Cause(ctx))
		return
	}
	ctx, cancel := d.finish(ctx)
	defer cancel()
	d.makeWay(ctx, live)
	batch := live[:0:0]
	for _, u := range live {
		switch {
		case u.failed():
		case d.replaces(u) && len(first) == 0:
			first = append(first, u)
		default:
			batch = append(batch, u)
		}
	}
	// The first file that is renamed over another goes alone: whether the server
	// does that at all is seen before a batch relies on it.
	for _, group := range [][]*upload{first, batch} {
		d.place(ctx, group)
	}
	d.dropAside(ctx, live)
}

func failAll(ups []*upload, err error) {
	for _, u := range ups {
		u.fail(err)
	}
}

// replaces reports whether the rename of u replaces a file, on a server that has
// not been seen to do so.
func (d *Directory) replaces(u *upload) bool {
	return u.there.entry.Exists() && u.aside.name == "" && !d.overwrites(true)
}

// overwrites reports whether the server renames over files; sure asks for having
// seen it, else only for not having seen it refuse.
func (d *Directory) overwrites(sure bool) bool {
	works, known := d.f.Known(ftp.RenamesOver)
	return works || !known && !sure
}

// makeWay renames old versions into the trash: those that are to be kept, and
// all where the server does not rename over files.
func (d *Directory) makeWay(ctx context.Context, live []*upload) {
	var old []*upload
	for _, u := range live {
		if u.there.entry.Exists() && (u.step.Trash || !d.overwrites(false)) {
			old = append(old, u)
		}
	}
	d.setAside(ctx, old)
}

// setAside renames the targets of ups into the trash.
func (d *Directory) setAside(ctx context.Context, ups []*upload) {
	targets := make([]place, len(ups))
	for i, u := range ups {
		targets[i] = u.target
	}
	into, errs := d.discard(ctx, targets, func(i int) manifest.Entry { return ups[i].there.entry })
	for i, u := range ups {
		if errs[i] != nil {
			u.out.Ambiguous = isAmbiguous(errs[i])
			u.fail(errs[i])
			continue
		}
		u.aside = into[i]
	}
}

// place renames temporaries to their names.
func (d *Directory) place(ctx context.Context, ups []*upload) {
	if len(ups) == 0 {
		return
	}
	from, to := make([]place, len(ups)), make([]place, len(ups))
	for i, u := range ups {
		from[i], to[i] = u.temp, u.target
	}
	pairs := make([]ftp.Renaming, len(ups))
	err := d.once(ctx, func(ctx context.Context, s *ftp.Session) error {
		return d.renames(ctx, s, new(ftp.Batch), from, to, pairs)
	})
	for i, u := range ups {
		if pairs[i].Done() {
			d.placed(u)
			continue
		}
		d.settle(ctx, u, pairs[i], err)
	}
}

// placed records that u is where it belongs.
func (d *Directory) placed(u *upload) {
	if u.there.entry.Exists() && u.aside.name == "" {
		d.f.Observe(ftp.RenamesOver, true)
	}
	u.out.Entry = named(u.stamp.entry, u.step.Path, u.target.name)
	d.names.set(u.step.Path, u.target.name)
	d.temps.end(u.temp)
}

// dropAside removes old versions that went aside only to make way.
func (d *Directory) dropAside(ctx context.Context, ups []*upload) {
	var b ftp.Batch
	for _, u := range ups {
		if !u.failed() && u.aside.name != "" && !u.step.Trash {
			b.Add("DELE "+u.aside.String(), nil)
		}
	}
	if err := d.do(ctx, "removing old versions", b.Run); err != nil {
		d.opts.Log.Info("old versions were left in the trash", "because", err)
	}
}

// withRoom wraps [sync.ErrFull] around an error that says so: 452 and 552 by RFC
// 959, others in words.
func withRoom(err error) error {
	var e *ftp.Error
	if !errors.As(err, &e) {
		return err
	}
	text := strings.ToLower(e.Reply)
	switch {
	case e.Code == 452, e.Code == 552,
		e.Code >= 400 && (strings.Contains(text, "no space") || strings.Contains(text, "disk full") || strings.Contains(text, "quota")):
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	return err
}
