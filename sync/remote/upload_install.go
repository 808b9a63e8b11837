package remote

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// install gives the temporaries of a group their names. One batch renames the old
// versions that are kept into the trash and puts the new ones in their place; see
// [uploader.swap]. What cannot go that way goes in two batches. Once begun it is brought
// to its end, so that no name is left without a file.
func (up *uploader) install(ctx context.Context, all []*upload) {
	var open []*upload
	for _, u := range all {
		if !u.failed() && !u.out.Kept {
			open = append(open, u)
		}
	}
	if ctx.Err() != nil {
		for _, u := range open {
			u.fail(context.Cause(ctx))
		}
		return
	}
	if len(open) == 0 {
		return
	}
	ctx, cancel := up.graceContext(ctx)
	defer cancel()
	open = up.swap(ctx, open)
	up.makeWay(ctx, open)
	// The first file that is renamed over another goes alone: whether the server does
	// that at all is seen before a batch relies on it.
	var first, others []*upload
	for _, u := range open {
		switch {
		case u.failed():
		case u.replacesFile() && !(up.replaces(true) && up.keeps(ftp.ReplacesFiles)) && len(first) == 0:
			first = append(first, u)
		default:
			others = append(others, u)
		}
	}
	up.putInPlace(ctx, first)
	up.putInPlace(ctx, others)
	up.removeAside(ctx, open)
}

// replaces reports whether the server renames over files. seen asks for having seen it,
// otherwise it is enough not to have seen it refuse.
func (up *uploader) replaces(seen bool) bool {
	works, known := up.features.Known(ftp.RenamesOver)
	return works || !known && !seen
}

// makeWay renames old versions into the trash: those that are to be kept, and all where
// the server does not rename over files.
func (up *uploader) makeWay(ctx context.Context, open []*upload) {
	var old []*upload
	for _, u := range open {
		if u.targetStat.entry.Exists() && (u.step.Trash || !up.replaces(false)) {
			old = append(old, u)
		}
	}
	up.moveAside(ctx, old)
}

// moveAside renames the targets of all into the trash.
func (up *uploader) moveAside(ctx context.Context, all []*upload) {
	targets, was := make([]place, len(all)), make([]manifest.Entry, len(all))
	for i, u := range all {
		targets[i], was[i] = u.target, u.targetStat.entry
	}
	into, errs := up.trash.put(ctx, targets, was)
	for i, u := range all {
		if errs[i] != nil {
			u.fail(errs[i])
			continue
		}
		u.aside = into[i]
	}
}

// putInPlace renames temporaries to their names.
func (up *uploader) putInPlace(ctx context.Context, all []*upload) {
	if len(all) == 0 {
		return
	}
	renamings := make([]*renaming, len(all))
	for i, u := range all {
		renamings[i] = &renaming{from: u.temp, to: u.target, what: u.tempStat.entry, over: u.replacesFile()}
	}
	err := up.renamer.runOnce(ctx, renamings...)
	up.settle(ctx)
	for i, u := range all {
		up.complete(ctx, u, renamings[i], err)
	}
}

// installed records that u is in its place.
func (up *uploader) installed(u *upload) {
	if u.replacesFile() {
		up.features.Observe(ftp.RenamesOver, true)
	}
	u.out.Entry = spelled(u.tempStat.entry, u.step.Path, u.target.Name)
	up.names.Set(u.step.Path, u.target.Name)
	up.temps.End(u.temp)
}

// removeAside removes old versions that went into the trash only to make way.
func (up *uploader) removeAside(ctx context.Context, all []*upload) {
	var b ftp.Batch
	for _, u := range all {
		if !u.failed() && u.aside != (place{}) && !u.step.Trash {
			b.Add("DELE "+u.aside.String(), nil)
		}
	}
	if err := up.runAny(ctx, "removing old versions", &b); err != nil {
		up.opts.Log.Info("old versions were left in the trash", "because", err)
	}
}
