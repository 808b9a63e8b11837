package local

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

var _ sync.Bin = (*Directory)(nil)

// Trashed implements [sync.Bin].
func (d *Directory) Trashed(ctx context.Context, before time.Time) ([]sync.Trashed, error) {
	h, err := d.home(false)
	if err != nil {
		return nil, err
	}
	pl, err := openPlace(h, sync.TrashDir)
	if errors.Is(err, errNoDirectory) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	defer pl.close()
	f, err := openFolder(pl.Root, ".")
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	defer f.close()
	names, err := f.names()
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	w := &rummage{ctx: ctx, home: h}
	for _, name := range names {
		when, _, ok := sync.ParseTrashStamp(name)
		if !ok || !before.IsZero() && !when.Before(before) {
			continue
		}
		w.when = when
		if err := w.name(f, name, name); err != nil {
			return nil, fmt.Errorf("listing the trash: %w", err)
		}
	}
	sync.SortTrashed(w.found)
	return w.found, nil
}

// A rummage is one walk through the trash.
type rummage struct {
	ctx   context.Context
	home  *home
	when  time.Time // of the directory that is being walked
	found []sync.Trashed
}

// name takes in what name in f is, at the given path below the trash. What has
// gone meanwhile is left out.
func (w *rummage) name(f *folder, name, at string) error {
	st, err := f.lstat(name)
	switch {
	case missing(err):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", at, err)
	case st.kind == manifest.File:
		w.add(at, st)
		return nil
	case st.kind == manifest.Dir:
		return w.below(f, name, at, st)
	}
	return nil
}

func (w *rummage) below(f *folder, name, at string, st stat) error {
	if err := stopped(w.ctx); err != nil {
		return err
	}
	sub, err := f.sub(name)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	defer sub.close()
	names, err := sub.names()
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	for _, name := range names {
		if err := w.name(sub, name, at+"/"+name); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		w.add(at, st)
	}
	return nil
}

// add notes what stands at a path below the trash, unless that is no name that
// it can have had.
func (w *rummage) add(at string, st stat) {
	_, below, ok := strings.Cut(at, "/")
	p, err := manifest.ParsePath(below)
	if !ok || err != nil {
		return
	}
	e := w.home.entry(st)
	if name := path.Base(below); name != p.Base() {
		e.Name = name
	}
	w.found = append(w.found, sync.Trashed{Path: p, ID: at, When: w.when, Entry: e})
}
