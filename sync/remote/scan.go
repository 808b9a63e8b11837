package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
	"ferry/sync/remote/names"
	"ferry/sync/remote/temporary"
)

// A scanner lists the tree.
type scanner struct {
	*server
	temps *temporary.Files
	trash *trash
}

// A walk is one scan of the whole tree, or of some directories.
type walk struct {
	*scanner
	look  sync.Look
	deep  bool
	tree  manifest.Builder
	count atomic.Int64 // entries in tree
	queue *list.Queue
	dots  dotNames
}

// scan implements [sync.Replica.Scan]. Directories are listed breadth first, several at
// a time.
func (sc *scanner) scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	w := &walk{scanner: sc, look: look, deep: look.Dirs == nil, queue: list.NewQueue()}
	sc.trash.dirs.beginPass(time.Now())
	sc.late.removed.Clear()
	sc.inListedDirs.Store(true)
	if w.deep {
		w.queue.Add(&list.Folder{Path: manifest.Root, ID: sc.rootID.Load()})
	}
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(look.Dirs), manifest.Path.Compare)) {
		w.learnSpelling(p)
		w.queue.Add(&list.Folder{Path: p})
	}
	if err := w.queue.Run(ctx, sc.pool.Size(sizing.Listings), w.visit); err != nil {
		return nil, err
	}
	return w.tree.Tree(), nil
}

// learnSpelling notes how the base spells p and the directories above it, where no
// listing has told yet.
func (w *walk) learnSpelling(p manifest.Path) {
	for ; w.look.Past != nil && p != manifest.Root; p = p.Parent() {
		if past := w.look.Past(p); past.Name != "" && !w.names.Has(p) {
			w.names.Set(p, past.Name)
		}
	}
}

// visit lists f and what the pipeline takes along with it.
func (w *walk) visit(ctx context.Context, f *list.Folder) error {
	left, err := w.pipeline(ctx, f)
	if err != nil {
		return err
	}
	for _, f := range left {
		err = w.folder(ctx, f)
		w.queue.Done()
		if err != nil {
			return err
		}
	}
	return nil
}

// folder lists one directory and takes what is in it into the tree. A directory that
// cannot be listed is unknown; an error ends the scan.
func (w *walk) folder(ctx context.Context, f *list.Folder) error {
	err := names.CheckPath(w.names.Dir(f.Path))
	if err != nil {
		w.tree.Unknown(f.Path, reason(err))
		return nil
	}
	l, err := (*list.Listing)(nil), f.Why
	if err == nil {
		l, err = w.listFolder(ctx, f)
	}
	if err == nil {
		if err = w.take(ctx, f, l); err == nil {
			return nil
		}
	}
	if ctx.Err() != nil || errors.Is(err, sync.ErrFatal) {
		return err
	}
	absent, doubt := w.absentDir(ctx, f.Path)
	switch {
	case ctx.Err() != nil || errors.Is(doubt, sync.ErrFatal):
		return doubt
	case absent && f.Path == manifest.Root:
		return fatal(fmt.Errorf("the directory is not there: %w", err))
	case absent && !w.deep:
		return nil
	}
	w.tree.Unknown(f.Path, reason(err))
	if f.Path == manifest.Root {
		w.sayWhatIsNeeded(err)
	}
	return nil
}

// listFolder lists a folder. One that seems to have lost everything is listed again on
// another session.
func (w *walk) listFolder(ctx context.Context, f *list.Folder) (l *list.Listing, err error) {
	again := !f.SeenEmpty
	for {
		err = w.do(ctx, "listing", func(ctx context.Context, s *ftp.Session) (err error) {
			l, err = w.lister.ListKnowing(ctx, s, w.names.Dir(f.Path), w.hadDots(f))
			if !w.had(f) {
				l, err = list.OrEmpty(l, err)
			}
			if err == nil && w.lostAll(f, l) {
				s.GiveUp()
			}
			return err
		})
		if err != nil || !again || !w.lostAll(f, l) {
			return l, err
		}
		again = false
	}
}

// lostAll reports whether a listing shows nothing where something was when the base was
// written.
func (w *walk) lostAll(f *list.Folder, l *list.Listing) bool {
	return len(l.Entries) == 0 && w.had(f)
}

// had reports whether something was in f when the base was written.
func (w *walk) had(f *list.Folder) bool {
	return w.look.HadChildren != nil && w.look.HadChildren(f.Path)
}

// take puts what a complete listing shows into the tree, and the directories in it into
// the queue.
func (w *walk) take(ctx context.Context, f *list.Folder, l *list.Listing) error {
	got := w.filter(f, l)
	w.note(f, l, got)
	if err := w.dropMasking(ctx, f, got.items); err != nil {
		return err
	}
	if err := w.addSizes(ctx, got.items); err != nil {
		return err
	}
	if err := w.addTimes(ctx, l, got.items); err != nil {
		return err
	}
	return w.add(f, got.items)
}

// note notes what a complete listing tells besides its items.
func (w *walk) note(f *list.Folder, l *list.Listing, got filtered) {
	if f.ID == 0 {
		f.ID = l.ID
	}
	for _, r := range l.Refused {
		w.tree.Skip(f.Path, r.Name, r.Why.Error())
	}
	dir := strings.TrimSuffix(w.names.Dir(f.Path), "/")
	w.temps.Forget(dir)
	w.listed.Learn(dir, l)
	w.noteEncoding(dir, l)
	for _, note := range got.notes {
		note()
	}
}

// add puts items into the tree and directories into the queue. It fails where the tree
// becomes too large.
func (w *walk) add(f *list.Folder, items []item) error {
	if err := w.look.CheckCount(int(w.count.Add(int64(len(items))))); err != nil {
		return fatal(err)
	}
	var inner []*list.Folder
	for _, it := range items {
		switch {
		case it.drop:
			continue
		case it.entry.IsDir() && f.Loops(it.entry.ID):
			it.entry.Kind = manifest.Other // a link to a directory above
		case it.entry.IsDir() && w.deep:
			inner = append(inner, &list.Folder{Path: it.path, ID: it.entry.ID, Up: f})
		}
		w.tree.Add(it.path, it.entry)
	}
	w.queue.Add(inner...)
	return nil
}
