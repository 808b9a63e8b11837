package remote

import (
	"context"
	"fmt"
	"path"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Restore implements [sync.Bin].
func (d *Directory) Restore(ctx context.Context, t sync.Trashed) error {
	if err := d.restore(ctx, t); err != nil {
		return fmt.Errorf("restoring %s: %w", t.Path, err)
	}
	return nil
}

func (d *Directory) restore(ctx context.Context, t sync.Trashed) error {
	stamp, below, err := t.Inside()
	if err != nil {
		return err
	}
	if err := t.CheckTarget(); err != nil {
		return err
	}
	// The server's own spelling stands for the path on both ends, since nothing
	// need have been scanned.
	e := t.Entry
	e.Name = ""
	step := sync.Step{Op: sync.Move, From: manifest.Path(sync.TrashDir + "/" + t.ID), Path: manifest.Path(t.Spelled()), Expect: e}
	if err := d.makes(d.names.place(step.Path, step.Path.Base())); err != nil {
		return err
	}
	if err := d.makeWayTo(ctx, step.Path.Parent()); err != nil {
		return err
	}
	if _, err := d.move(ctx, step); err != nil {
		if ctx.Err() == nil && !isAmbiguous(err) && d.offTrash(ctx, t.ID) {
			return fmt.Errorf("it is not in the trash any more: %w", sync.ErrChanged)
		}
		return err
	}
	d.sweepTrash(ctx, []string{path.Join(stamp, path.Dir(below))})
	return nil
}

// offTrash reports whether what is asked for by its ID is provably not in the trash.
func (d *Directory) offTrash(ctx context.Context, id string) bool {
	answers := make([]error, 1)
	err := d.do(ctx, "looking into the trash", func(ctx context.Context, s *ftp.Session) error {
		return d.missing(ctx, s, []place{split(d.inTrash(id))}, answers)
	})
	return err == nil && answers[0] == nil
}

// makeWayTo makes the directory dir and those above it where they are missing.
// A file in the way is an error that wraps [sync.ErrChanged].
func (d *Directory) makeWayTo(ctx context.Context, dir manifest.Path) error {
	var dirs []place
	for at := dir; at != manifest.Root; at = at.Parent() {
		dirs = append(dirs, d.names.place(at, at.Base()))
	}
	if len(dirs) == 0 {
		return nil
	}
	slices.Reverse(dirs)
	return d.do(ctx, "making directories", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		var made, entered ftp.Reply
		for _, at := range dirs {
			b.Expect("MKD "+at.String(), &made) // refused where it is there; CWD tells
		}
		b.Expect("CWD "+dirs[len(dirs)-1].String(), &entered)
		b.Add("CWD "+d.names.dir(manifest.Root), nil)
		if err := b.Run(ctx, s); err != nil || entered.OK() {
			return err
		}
		seen, err := d.look(ctx, s, dirs)
		if err != nil {
			return err
		}
		for i, at := range dirs {
			if e := seen[i].entry; e.Exists() && !e.IsDir() {
				return fmt.Errorf("a %v is at %q: %w", e.Kind, at, sync.ErrChanged)
			}
		}
		return s.Require("MKD", dirs[len(dirs)-1].String(), made)
	})
}
