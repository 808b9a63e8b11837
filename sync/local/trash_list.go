package local

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync/trashbin"
)

var _ trashbin.Bin = (*Directory)(nil)

// Trashed implements [trashbin.Bin].
func (d *Directory) Trashed(ctx context.Context, before time.Time) ([]trashbin.Trashed, error) {
	root, err := d.currentRoot()
	if err != nil {
		return nil, err
	}
	dir, err := openDir(root, trashbin.Dir)
	if errors.Is(err, errNoDirectory) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	defer dir.close()
	r, err := openDirReader(dir.Root, ".")
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	defer r.close()
	names, err := r.names()
	if err != nil {
		return nil, fmt.Errorf("listing the trash: %w", err)
	}
	w := &trashWalk{ctx: ctx, root: root}
	for _, name := range names {
		when, _, ok := trashbin.ParseStamp(name)
		if !ok || !before.IsZero() && !when.Before(before) {
			continue
		}
		w.when = when
		if err := w.visit(r, name, name); err != nil {
			return nil, fmt.Errorf("listing the trash: %w", err)
		}
	}
	trashbin.Sort(w.found)
	return w.found, nil
}

// A trashWalk is one walk through the trash.
type trashWalk struct {
	ctx   context.Context
	root  *rootDir
	when  time.Time // the time in the name of the current trash directory
	found []trashbin.Trashed
}

// visit adds the entry called name in the directory r, and everything below it.
// at is its path below the trash. A name that is gone by now is left out.
func (w *trashWalk) visit(r *dirReader, name, at string) error {
	st, err := r.lstat(name)
	switch {
	case isMissing(err):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", at, err)
	case st.kind == manifest.File:
		w.add(at, st)
		return nil
	case st.kind == manifest.Dir:
		return w.visitDir(r, name, at, st)
	}
	return nil
}

// visitDir visits everything in a directory, and adds the directory itself if it
// is empty.
func (w *trashWalk) visitDir(r *dirReader, name, at string, st stat) error {
	if err := stopped(w.ctx); err != nil {
		return err
	}
	sub, err := r.sub(name)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	defer sub.close()
	names, err := sub.names()
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	for _, name := range names {
		if err := w.visit(sub, name, at+"/"+name); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		w.add(at, st)
	}
	return nil
}

// add appends the entry at a path below the trash. It skips paths that no synced
// file can have had.
func (w *trashWalk) add(at string, st stat) {
	_, below, ok := strings.Cut(at, "/")
	p, err := manifest.ParsePath(below)
	if !ok || err != nil {
		return
	}
	e := w.root.entry(st)
	if name := path.Base(below); name != p.Base() {
		e.Name = name
	}
	w.found = append(w.found, trashbin.Trashed{Path: p, ID: at, When: w.when, Entry: e})
}
