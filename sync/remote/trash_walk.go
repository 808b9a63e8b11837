package remote

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// deepestTrash is how deep the trash is walked: deeper than any path.
const deepestTrash = 600

// A trashWalk finds all that is in the trash.
type trashWalk struct {
	*bin
	mu    stdsync.Mutex
	found []sync.Trashed
}

// A trashDir is a directory in the trash.
type trashDir struct {
	at   string // below the trash
	when time.Time
	id   uint64
	up   *trashDir
}

// loops reports whether a directory with this identity is on the way to d.
func (d *trashDir) loops(id uint64) bool {
	for ; id != 0 && d != nil; d = d.up {
		if d.id == id {
			return true
		}
	}
	return false
}

// run walks the stamp directories from before a time, all of them where that is zero.
func (w *trashWalk) run(ctx context.Context, before time.Time) error {
	top, err := w.listDir(ctx, "")
	if err != nil {
		if absent, doubt := w.absentDir(ctx, sync.TrashDir); absent || doubt != nil {
			return doubt
		}
		return err
	}
	var level []*trashDir
	for _, one := range top.entries {
		when, _, ok := sync.ParseTrashStamp(one.name)
		if ok && one.entry.IsDir() && (before.IsZero() || when.Before(before)) {
			level = append(level, &trashDir{at: one.name, when: when, id: one.entry.ID})
		}
	}
	for len(level) > 0 && err == nil {
		level, err = w.level(ctx, level)
	}
	return err
}

func (w *trashWalk) listDir(ctx context.Context, at string) (l *dirListing, err error) {
	err = w.do(ctx, "listing the trash", func(ctx context.Context, s *ftp.Session) error {
		l, err = w.list(ctx, s, w.inTrash(at))
		return err
	})
	return l, err
}

// level lists several directories at a time, and returns the directories in them.
func (w *trashWalk) level(ctx context.Context, level []*trashDir) ([]*trashDir, error) {
	inner := make([][]*trashDir, len(level))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(w.opts.Connections)
	for i, dir := range level {
		group.Go(func() error {
			l, err := w.listDir(ctx, dir.at)
			if err == nil {
				inner[i], err = w.take(dir, l)
			}
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(inner...), err
}

// take notes what is in dir, and returns the directories in it. A directory that holds
// nothing is an entry of its own.
func (w *trashWalk) take(dir *trashDir, l *dirListing) (inner []*trashDir, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(l.entries) == 0 && len(l.refused) == 0 {
		w.add(dir.at, dir.when, manifest.Entry{Kind: manifest.Dir, ID: dir.id})
	}
	for _, one := range l.entries {
		at := dir.at + "/" + one.name
		switch {
		case w.dropsTrailingSpace(one.name): // it may stand for the name without the space
		case one.entry.IsFile():
			w.add(at, dir.when, one.entry)
		case one.entry.IsDir() && !dir.loops(one.entry.ID):
			if strings.Count(at, "/") > deepestTrash {
				return nil, fmt.Errorf("directories in the trash do not end: %s", at)
			}
			inner = append(inner, &trashDir{at: at, when: dir.when, id: one.entry.ID, up: dir})
		}
	}
	return inner, nil
}

func (w *trashWalk) add(at string, when time.Time, e manifest.Entry) {
	_, below, ok := strings.Cut(at, "/")
	p, err := manifest.ParsePath(below)
	if !ok || err != nil || ftp.CheckLine(at) != nil {
		return
	}
	if name := path.Base(below); name != p.Base() {
		e.Name = name
	}
	w.found = append(w.found, sync.Trashed{Path: p, ID: at, When: when, Entry: e})
}
