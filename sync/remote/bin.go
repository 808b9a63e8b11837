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

var _ sync.Bin = (*Directory)(nil)

// Trashed implements [sync.Bin]. A server that shows links as what they lead to
// shows them so here as well.
func (d *Directory) Trashed(ctx context.Context, before time.Time) ([]sync.Trashed, error) {
	things, err := d.trashed(ctx, before)
	if err != nil {
		return nil, fmt.Errorf("listing the trash of %s: %w", d.where(), err)
	}
	sync.SortTrashed(things)
	return things, nil
}

func (d *Directory) trashed(ctx context.Context, before time.Time) ([]sync.Trashed, error) {
	if d.ownsNothing(ctx) {
		return nil, nil
	}
	w := &rummage{d: d}
	top, err := w.list(ctx, &shelf{at: ""})
	if err != nil {
		if absent, doubt := d.absentDir(ctx, sync.TrashDir); absent || doubt != nil {
			return nil, doubt
		}
		return nil, err
	}
	var level []*shelf
	for _, one := range top.entries {
		when, _, ok := sync.ParseTrashStamp(one.name)
		if ok && one.entry.IsDir() && (before.IsZero() || when.Before(before)) {
			level = append(level, &shelf{at: one.name, when: when, id: one.entry.ID})
		}
	}
	for len(level) > 0 {
		if level, err = w.level(ctx, level); err != nil {
			return nil, err
		}
	}
	return w.found, nil
}

// ownsNothing reports whether there is certainly no directory of ferry's own in the
// root, as before a first pass that replaces or removes something: one round trip
// tells.
func (d *Directory) ownsNothing(ctx context.Context) (nothing bool) {
	root := d.names.dir(manifest.Root)
	err := d.do(ctx, "looking for a trash", func(ctx context.Context, s *ftp.Session) error {
		if !ftp.CanStat(s.Features()) {
			return nil
		}
		var entered ftp.Reply
		var b ftp.Batch
		b.Expect("CWD "+root, &entered)
		seen, err := d.lookAfter(ctx, s, &b, []place{{d.names.root, manifest.Own}})
		nothing = err == nil && entered.OK() && seen[0] == looked{}
		return err
	})
	return nothing && err == nil
}

// A shelf is a directory in the trash.
type shelf struct {
	at   string // below the trash
	when time.Time
	id   uint64
	up   *shelf
}

// A rummage is one walk through the trash.
type rummage struct {
	d     *Directory
	mu    stdsync.Mutex
	found []sync.Trashed
}

func (w *rummage) list(ctx context.Context, s *shelf) (l *dirListing, err error) {
	err = w.d.do(ctx, "listing the trash", func(ctx context.Context, session *ftp.Session) error {
		l, err = w.d.list(ctx, session, w.d.inTrash(s.at))
		return err
	})
	return l, err
}

// level lists directories of the trash, several at a time, and returns those
// that are in them.
func (w *rummage) level(ctx context.Context, level []*shelf) ([]*shelf, error) {
	inner := make([][]*shelf, len(level))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(w.d.opts.Connections)
	for i, s := range level {
		group.Go(func() error {
			l, err := w.list(ctx, s)
			if err == nil {
				inner[i], err = w.take(s, l)
			}
			return err
		})
	}
	err := group.Wait()
	return slices.Concat(inner...), err
}

// take notes what stands in a directory of the trash, and returns the
// directories in it. One without anything is a thing by itself.
func (w *rummage) take(s *shelf, l *dirListing) ([]*shelf, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(l.entries) == 0 && len(l.refused) == 0 {
		w.add(s.at, s.when, manifest.Entry{Kind: manifest.Dir, ID: s.id})
	}
	var inner []*shelf
	for _, one := range l.entries {
		at := s.at + "/" + one.name
		switch {
		case w.d.loses(one.name):
			continue // it cannot be told from the one without the space
		case one.entry.IsFile():
			w.add(at, s.when, one.entry)
		case one.entry.IsDir() && !s.loops(one.entry.ID):
			if strings.Count(at, "/") > maxShelves {
				return nil, fmt.Errorf("directories in the trash do not end: %s", at)
			}
			inner = append(inner, &shelf{at: at, when: s.when, id: one.entry.ID, up: s})
		}
	}
	return inner, nil
}

// maxShelves is how deep directories of the trash are looked into: deeper than
// any path.
const maxShelves = 600

func (s *shelf) loops(id uint64) bool {
	for ; id != 0 && s != nil; s = s.up {
		if s.id == id {
			return true
		}
	}
	return false
}

func (w *rummage) add(at string, when time.Time, e manifest.Entry) {
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

// inTrash returns the absolute path of what is at below in the trash.
func (d *Directory) inTrash(below string) string {
	return strings.TrimSuffix(d.names.root+"/"+sync.TrashDir+"/"+below, "/")
}
