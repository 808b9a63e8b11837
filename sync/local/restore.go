package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

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
	if err := stopped(ctx); err != nil {
		return err
	}
	stamp, below, err := t.Inside()
	if err != nil {
		return err
	}
	if err := errors.Join(t.CheckTarget(), checkNew(t.Path)); err != nil {
		return err
	}
	h, err := d.home(false)
	if err != nil {
		return err
	}
	from, err := openPlace(h, path.Join(sync.TrashDir, stamp, path.Dir(below)))
	if err != nil {
		return changedIfGone(err)
	}
	defer from.close()
	x, y := path.Base(below), path.Base(t.Spelled())
	if _, _, err := from.expect(x, t.Entry); err != nil {
		return err
	}
	to, err := makePlace(h, path.Dir(t.Spelled()))
	if err != nil {
		return err
	}
	defer to.close()
	if err := renameNew(from, x, to, y); err != nil {
		return err
	}
	if !d.opts.NoSync {
		if err := errors.Join(syncDir(to.dir), syncDir(from.dir)); err != nil {
			return err
		}
	}
	from.close() // some systems remove no directory that is open
	d.sweep(h, stamp, path.Dir(below))
	return nil
}

// makePlace opens the directory at, having made it and those above it where they
// are missing. A file in the way is an error that wraps [sync.ErrChanged].
func makePlace(h *home, at string) (*place, error) {
	if at == "." {
		return openPlace(h, "")
	}
	root, err := h.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(at, "/") {
		err := root.Mkdir(name, 0o777)
		var next *os.Root
		if err == nil || errors.Is(err, fs.ErrExist) {
			next, err = enter(root, name)
		}
		root.Close()
		if err != nil {
			return nil, fmt.Errorf("directory %s: %w", at, changedIfGone(err))
		}
		root = next
	}
	root.Close()
	return openPlace(h, at)
}
