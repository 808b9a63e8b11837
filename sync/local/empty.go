package local

import (
	"context"
	"errors"
	"fmt"
	"path"

	"ferry/manifest"
	"ferry/sync"
)

// Discard implements [sync.Bin].
func (d *Directory) Discard(ctx context.Context, things []sync.Trashed) (int64, error) {
	h, err := d.home(false)
	if err != nil {
		return 0, err
	}
	var freed int64
	var errs []error
	for _, t := range things {
		if err := stopped(ctx); err != nil {
			return freed, errors.Join(append(errs, err)...)
		}
		n, err := d.discard(h, t)
		freed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("removing %s from the trash: %w", t.ID, err))
		}
	}
	return freed, errors.Join(errs...)
}

// discard removes one thing and the directories of the trash that are empty
// then.
func (d *Directory) discard(h *home, t sync.Trashed) (freed int64, err error) {
	stamp, below, err := t.Inside()
	if err != nil {
		return 0, err
	}
	pl, err := openPlace(h, path.Join(sync.TrashDir, stamp, path.Dir(below)))
	if errors.Is(err, errNoDirectory) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer pl.close()
	name := path.Base(below)
	switch st, _, err := pl.look(name); {
	case err != nil:
		return 0, err
	case st.kind == manifest.File:
		if err := pl.Remove(name); err != nil {
			return 0, err
		}
		freed = st.size
	case st.kind == manifest.Dir:
		if err := pl.rmdir(name); err != nil {
			return 0, err
		}
	case st.kind != manifest.None:
		return 0, fmt.Errorf("a %v is there", st.kind)
	}
	pl.close()
	d.sweep(h, stamp, path.Dir(below))
	return freed, nil
}

// sweep removes the directory at below in a directory of the trash, and those
// above it up to that one, as long as they hold nothing.
func (d *Directory) sweep(h *home, stamp, below string) {
	at := path.Join(stamp, below)
	for ; at != "."; at = path.Dir(at) {
		pl, err := openPlace(h, path.Join(sync.TrashDir, path.Dir(at)))
		if err != nil {
			return
		}
		err = pl.rmdir(path.Base(at))
		pl.close()
		if err != nil {
			return
		}
	}
}
