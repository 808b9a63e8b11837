package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"ferry/sync/trashbin"
)

// Restore implements [trashbin.Bin].
func (d *Directory) Restore(ctx context.Context, t trashbin.Trashed) error {
	if err := d.restore(ctx, t); err != nil {
		return fmt.Errorf("restoring %s: %w", t.Path, err)
	}
	return nil
}

func (d *Directory) restore(ctx context.Context, t trashbin.Trashed) error {
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
	root, err := d.currentRoot()
	if err != nil {
		return err
	}
	from, err := openDir(root, path.Join(trashbin.Dir, stamp, path.Dir(below)))
	if err != nil {
		return changedIfGone(err)
	}
	defer from.close()
	x, y := path.Base(below), path.Base(t.Spelled())
	if _, _, err := from.expect(x, t.Entry); err != nil {
		return err
	}
	to, err := makeDir(root, path.Dir(t.Spelled()))
	if err != nil {
		return err
	}
	defer to.close()
	err = renameNew(from, x, to, y)
	if isOtherDevice(err) {
		err = d.restoreAcross(from, x, to, y, t)
	}
	if err != nil {
		return err
	}
	if !d.opts.NoSync {
		if err := errors.Join(syncDir(to.file), syncDir(from.file)); err != nil {
			return err
		}
	}
	from.close() // some systems cannot remove an open directory
	d.removeEmptyTrashDirs(root, stamp, path.Dir(below))
	return nil
}

// restoreAcross brings x back to y on another file system. A file is copied under a
// temporary name first.
func (d *Directory) restoreAcross(from *dirHandle, x string, to *dirHandle, y string, t trashbin.Trashed) error {
	was := t.Entry
	if was.IsDir() { // an empty one
		if err := to.Mkdir(y, 0o777); err != nil {
			return err
		}
		return from.rmdir(x)
	}
	temp := d.asideName(t.Path.Parent())
	if err := copyAcross(from, x, to, temp, was); err != nil {
		return err
	}
	if err := renameNew(to, temp, to, y); err != nil {
		return errors.Join(err, to.Remove(temp))
	}
	return removeChecked(from, x, d.temps.newName(noFingerprint), was)
}

// makeDir opens the directory at, and creates it and its parents where they are
// missing. If a file is in the way the error wraps [sync.ErrChanged].
func makeDir(root *rootDir, at string) (*dirHandle, error) {
	if at == "." {
		return openDir(root, "")
	}
	current, err := root.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(at, "/") {
		err := current.Mkdir(name, 0o777)
		var next *os.Root
		if err == nil || errors.Is(err, fs.ErrExist) {
			next, err = enter(current, name)
		}
		current.Close()
		if err != nil {
			return nil, fmt.Errorf("directory %s: %w", at, changedIfGone(err))
		}
		current = next
	}
	current.Close()
	return openDir(root, at)
}
