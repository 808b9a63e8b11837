package remote

import (
	"context"
	"fmt"
	"path"
	"slices"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
	"ferry/sync/trashbin"
)

// restore implements [trashbin.Bin.Restore].
func (b *bin) restore(ctx context.Context, t trashbin.Trashed) error {
	_, _, err := t.Inside()
	if err != nil {
		return err
	}
	if err := t.CheckTarget(); err != nil {
		return err
	}
	// Nothing need have been scanned, so both ends are spelled as the trash spells them.
	e := t.Entry
	e.Name = ""
	step := sync.Step{Op: sync.Move, From: manifest.Path(pathBelowRoot(t)), Path: manifest.Path(t.Spelled()), Expect: e}
	if err := b.checkNew(b.names.Place(step.Path, step.Path.Base())); err != nil {
		return err
	}
	if err := b.makeParents(ctx, step.Path.Parent()); err != nil {
		return err
	}
	if err := b.mover.one(ctx, step); err != nil {
		if ctx.Err() == nil && !isAmbiguous(err) && b.isMissing(ctx, t) {
			return fmt.Errorf("it is not in the trash any more: %w", sync.ErrChanged)
		}
		return err
	}
	b.removeEmptyDirs(ctx, []string{path.Dir(pathBelowRoot(t))})
	return nil
}

// isMissing reports whether a thing is provably not in the trash.
func (b *bin) isMissing(ctx context.Context, t trashbin.Trashed) bool {
	answers := []error{errNotAsked}
	err := b.do(ctx, "looking into the trash", func(ctx context.Context, s *ftp.Session) (err error) {
		answers, err = b.missing(ctx, s, []place{names.Split(b.at(t))})
		return err
	})
	return err == nil && answers[0] == nil
}

// makeParents makes dir and the directories above it where they are missing. Where a
// file is in the way, the error wraps [sync.ErrChanged].
func (b *bin) makeParents(ctx context.Context, dir manifest.Path) error {
	var dirs []place
	for at := dir; at != manifest.Root; at = at.Parent() {
		dirs = append(dirs, b.names.Place(at, at.Base()))
	}
	if len(dirs) == 0 {
		return nil
	}
	slices.Reverse(dirs)
	last := dirs[len(dirs)-1].String()
	return b.do(ctx, "making directories", func(ctx context.Context, s *ftp.Session) error {
		var batch ftp.Batch
		var made, entered ftp.Reply
		for _, at := range dirs {
			batch.Expect("MKD "+at.String(), &made) // refused where it is there; CWD tells
		}
		batch.Expect("CWD "+last, &entered)
		b.returnToRoot(&batch)
		if err := batch.Run(ctx, s); err != nil || entered.OK() {
			return err
		}
		seen, err := b.stat(ctx, s, dirs)
		if err != nil {
			return err
		}
		for i, at := range dirs {
			if e := seen[i].entry; e.Exists() && !e.IsDir() {
				return fmt.Errorf("a %v is at %q: %w", e.Kind, at, sync.ErrChanged)
			}
		}
		return s.Require("MKD", last, made)
	})
}
