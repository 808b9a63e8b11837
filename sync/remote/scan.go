package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Scan implements [sync.Replica]. Directories are listed breadth first, several
// at a time, each by a listing that is complete or does not count.
func (d *Directory) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	sc := &scan{d: d, look: look, deep: look.Dirs == nil}
	sc.wake = stdsync.NewCond(&sc.mu)
	d.trash.dirs.beginPass(time.Now())
	d.inListedDirs.Store(true)
	if sc.deep {
		sc.queue = []*folder{{path: manifest.Root, id: d.rootID.Load()}}
	}
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(look.Dirs), manifest.Path.Compare)) {
		sc.spell(p)
		sc.queue = append(sc.queue, &folder{path: p})
	}
	group, ctx := errgroup.WithContext(ctx)
	defer wakeAfter(ctx, sc.wake)()
	for range d.opts.Connections {
		group.Go(func() error { return sc.work(ctx) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return sc.tree.Tree(), nil
}

// A scan is one walk through the tree, or some directories of it.
type scan struct {
	d    *Directory
	look sync.Look
	deep bool
	tree manifest.Builder

	mu    stdsync.Mutex
	wake  *stdsync.Cond
	queue []*folder
	busy  int // folders being listed, which may add to the queue
}

// A folder is a directory to be listed.
type folder struct {
	path manifest.Path
	id   uint64  // of the directory itself; 0: unknown
	up   *folder // the one that holds it; nil at the start of a walk

	doubted bool // one session saw nothing in it, where something was
}

// loops reports whether a directory with this identity is on the way to f.
func (f *folder) loops(id uint64) bool {
	for ; id != 0 && f != nil; f = f.up {
		if f.id == id {
			return true
		}
	}
	return false
}

// spell learns from the past how p and the directories above it are spelled,
// where no listing has told yet.
func (sc *scan) spell(p manifest.Path) {
	for ; sc.look.Past != nil && p != manifest.Root; p = p.Parent() {
		if past := sc.look.Past(p); past.Name != "" && !sc.d.names.has(p) {
			sc.d.names.set(p, past.Name)
		}
	}
}

// work lists folders until there are no more.
func (sc *scan) work(ctx context.Context) error {
	for {
		f, err := sc.next(ctx)
		if f == nil || err != nil {
			return err
		}
		left, err := sc.stretch(ctx, f)
		if err != nil {
			return err
		}
		for _, f := range left {
			err = sc.folder(ctx, f)
			sc.finished()
			if err != nil {
				return err
			}
		}
	}
}

func (sc *scan) next(ctx context.Context) (*folder, error) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	for len(sc.queue) == 0 && sc.busy > 0 && ctx.Err() == nil {
		sc.wake.Wait()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return sc.first(), nil
}

// more returns the next folder, nil where there is none at the moment.
func (sc *scan) more() *folder {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return sc.first()
}

// waiting returns how many folders are known and not yet begun.
func (sc *scan) waiting() int {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return len(sc.queue)
}

// first takes the first folder off the queue. sc.mu is held.
func (sc *scan) first() *folder {
	if len(sc.queue) == 0 {
		return nil
	}
	f := sc.queue[0]
	sc.queue = sc.queue[1:]
	sc.busy++
	return f
}

func (sc *scan) finished() {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.busy--
	sc.wake.Broadcast()
}

func (sc *scan) enqueue(folders []*folder) {
	if len(folders) == 0 {
		return
	}
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.queue = append(sc.queue, folders...)
	sc.wake.Broadcast()
}

// folder lists one directory and takes what is in it into the tree. An error
// ends the scan; a directory that cannot be listed is unknown.
func (sc *scan) folder(ctx context.Context, f *folder) error {
	if err := checkPath(sc.d.names.dir(f.path)); err != nil {
		sc.tree.Unknown(f.path, reason(err))
		return nil
	}
	l, err := sc.list(ctx, f)
	if err == nil {
		if err = sc.take(ctx, f, l); err == nil {
			return nil
		}
	}
	if ctx.Err() != nil || errors.Is(err, sync.ErrFatal) {
		return err
	}
	absent, doubt := sc.d.absentDir(ctx, f.path)
	switch {
	case ctx.Err() != nil || errors.Is(doubt, sync.ErrFatal):
		return doubt
	case absent && f.path == manifest.Root:
		return fatal(fmt.Errorf("the directory is not there: %w", err))
	case absent && !sc.deep:
		return nil
	}
	sc.tree.Unknown(f.path, reason(err))
	return nil
}

// list lists a folder. One that held something when the base was written and
// shows nothing now is listed again on another session.
func (sc *scan) list(ctx context.Context, f *folder) (*dirListing, error) {
	dir := sc.d.names.dir(f.path)
	var l *dirListing
	for times := 2; times > 0; times-- {
		if f.doubted {
			f.doubted = false
			times--
		}
		err := sc.d.do(ctx, "listing", func(ctx context.Context, s *ftp.Session) (err error) {
			if l, err = sc.d.list(ctx, s, dir); err != nil {
				return err
			}
			if sc.doubts(f, l) {
				s.GiveUp()
			}
			return nil
		})
		if err != nil || !sc.doubts(f, l) {
			return l, err
		}
	}
	return l, nil
}

func (sc *scan) doubts(f *folder, l *dirListing) bool {
	return len(l.entries) == 0 && sc.look.HadChildren != nil && sc.look.HadChildren(f.path)
}

// take puts what a complete listing shows into the tree, and the directories in
// it into the queue.
func (sc *scan) take(ctx context.Context, f *folder, l *dirListing) error {
	got := sc.sift(f, l)
	sc.admit(f, l, got)
	if err := sc.unmask(ctx, f, got.found); err != nil {
		return err
	}
	if err := sc.date(ctx, l, got.found); err != nil {
		return err
	}
	sc.plant(f, got.found)
	return nil
}

// admit notes what a complete listing tells beyond its entries.
func (sc *scan) admit(f *folder, l *dirListing, got sifted) {
	if f.id == 0 {
		f.id = l.id
	}
	for _, r := range l.refused {
		sc.tree.Skip(f.path, r.name, r.why.Error())
	}
	dir := sc.d.names.dir(f.path)
	sc.d.temps.forget(dir)
	sc.d.listed.learnSpecial(strings.TrimSuffix(dir, "/"), l)
	for _, note := range got.notes {
		note()
	}
}

// plant puts entries into the tree and directories into the queue.
func (sc *scan) plant(f *folder, found []item) {
	var inner []*folder
	for _, it := range found {
		switch {
		case it.drop:
			continue
		case it.entry.IsDir() && f.loops(it.entry.ID):
			it.entry.Kind = manifest.Other // a link to a directory above
		case it.entry.IsDir() && sc.deep:
			inner = append(inner, &folder{path: it.path, id: it.entry.ID, up: f})
		}
		sc.tree.Add(it.path, it.entry)
	}
	sc.enqueue(inner)
}
