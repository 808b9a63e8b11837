package local

import (
	"context"
	"errors"
	"fmt"
	"path"

	"ferry/manifest"
	"ferry/sync/trashbin"
)

// Discard implements [trashbin.Bin].
func (d *Directory) Discard(ctx context.Context, things []trashbin.Trashed) (int64, error) {
	root, err := d.currentRoot()
	if err != nil {
		return 0, err
	}
	var freed int64
	var errs []error
	for _, t := range things {
		if err := stopped(ctx); err != nil {
			return freed, errors.Join(append(errs, err)...)
		}
		n, err := d.discard(root, t)
		freed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("removing %s from the trash: %w", t.ID, err))
		}
	}
	return freed, errors.Join(errs...)
}

// discard removes one entry of the trash, and the directories of the trash that
// become empty. It returns how many bytes that freed.
func (d *Directory) discard(root *rootDir, t trashbin.Trashed) (freed int64, err error) {
	stamp, below, err := t.Inside()
	if err != nil {
		return 0, err
	}
	dir, err := openDir(root, path.Join(trashbin.Dir, stamp, path.Dir(below)))
	if errors.Is(err, errNoDirectory) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer dir.close()
	name := path.Base(below)
	switch st, _, err := dir.lookup(name); {
	case err != nil:
		return 0, err
	case st.kind == manifest.File:
		if err := dir.Remove(name); err != nil {
			return 0, err
		}
		freed = st.size
	case st.kind == manifest.Dir:
		if err := dir.rmdir(name); err != nil {
			return 0, err
		}
	case st.kind != manifest.None:
		return 0, fmt.Errorf("it is a %v", st.kind)
	}
	dir.close()
	d.removeEmptyTrashDirs(root, stamp, path.Dir(below))
	return freed, nil
}

// removeEmptyTrashDirs removes the directory at below in the trash directory
// called stamp, and its parents up to that directory, as long as they are empty.
func (d *Directory) removeEmptyTrashDirs(root *rootDir, stamp, below string) {
	at := path.Join(stamp, below)
	for ; at != "."; at = path.Dir(at) {
		dir, err := openDir(root, path.Join(trashbin.Dir, path.Dir(at)))
		if err != nil {
			return
		}
		err = dir.rmdir(path.Base(at))
		dir.close()
		if err != nil {
			return
		}
	}
}
