package remote

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
	"ferry/sync/trashbin"
)

// deepestTrash is how deep the trash is walked: deeper than any path.
const deepestTrash = 600

// A trashWalk finds all that is in the trash of this side and in those of other machines.
// The paths of its folders are below the root, as the server spells them.
type trashWalk struct {
	*bin
	queue *list.Queue

	mu    stdsync.Mutex
	found []trashbin.Trashed
	count int // lines of all listings
}

// run walks the stamp directories in dir, ferry's own, from before a time, all of them
// where that is zero.
func (w *trashWalk) run(ctx context.Context, dir string, before time.Time) error {
	own, err := list.OrEmpty(w.listFolder(ctx, &list.Folder{Path: manifest.Path(dir)}))
	if err != nil {
		if absent, doubt := w.absentDir(ctx, manifest.Path(dir)); absent || doubt != nil {
			return doubt
		}
		return w.unlessAbsent(ctx, dir, err)
	}
	for _, one := range own.Entries {
		if !one.Entry.IsDir() || !trashbin.IsName(one.Name) {
			continue
		}
		if err := w.addStamps(ctx, dir+"/"+one.Name, before); err != nil {
			return err
		}
	}
	return w.queue.Run(ctx, w.pool.Size(sizing.Listings), func(ctx context.Context, f *list.Folder) error {
		defer w.queue.Done()
		l, err := w.listFolder(ctx, f)
		if err == nil {
			err = w.checkCount(len(l.Entries))
		}
		if err != nil {
			return err
		}
		return w.take(f, l)
	})
}

// unlessAbsent returns failed, which says why dir cannot be listed, or nil where the server says
// that dir is not there. Where it shows nothing, that proves little, but nothing rests on it:
// what is not found stays in the trash.
func (w *trashWalk) unlessAbsent(ctx context.Context, dir string, failed error) error {
	err := w.do(ctx, "looking for a trash", func(ctx context.Context, s *ftp.Session) error {
		entered, err := s.Command(ctx, "CWD "+w.names.Root+"/"+dir)
		if err == nil && ftp.MeansAbsent(entered) {
			failed = nil
		}
		return err
	})
	return cmp.Or(err, failed)
}

// addStamps puts the stamp directories in the trash at path into the queue.
func (w *trashWalk) addStamps(ctx context.Context, path string, before time.Time) error {
	top, err := list.OrEmpty(w.listFolder(ctx, &list.Folder{Path: manifest.Path(path)}))
	if err != nil {
		return err
	}
	for _, one := range top.Entries {
		when, _, ok := trashbin.ParseStamp(one.Name)
		if !ok || !one.Entry.IsDir() || !before.IsZero() && !when.Before(before) {
			continue
		}
		w.queue.Add(&list.Folder{Path: manifest.Path(path + "/" + one.Name), ID: one.Entry.ID})
	}
	return nil
}

func (w *trashWalk) listFolder(ctx context.Context, f *list.Folder) (l *list.Listing, err error) {
	err = w.do(ctx, "listing the trash", func(ctx context.Context, s *ftp.Session) error {
		l, err = w.lister.List(ctx, s, w.names.Root+"/"+string(f.Path))
		return err
	})
	return l, err
}

// take notes what is in a folder, and puts the directories in it into the queue. A
// directory that holds nothing is an entry of its own.
func (w *trashWalk) take(f *list.Folder, l *list.Listing) error {
	if len(l.Entries) == 0 && len(l.Refused) == 0 {
		w.add(string(f.Path), manifest.Entry{Kind: manifest.Dir, ID: f.ID})
	}
	for _, one := range l.Entries {
		at := string(f.Path) + "/" + one.Name
		switch {
		case w.dropsTrailingSpace(one.Name): // it may stand for the name without the space
		case one.Entry.IsFile():
			w.add(at, one.Entry)
		case one.Entry.IsDir() && !f.Loops(one.Entry.ID):
			if strings.Count(at, "/") > deepestTrash {
				return fmt.Errorf("directories in the trash do not end: %s", at)
			}
			w.queue.Add(&list.Folder{Path: manifest.Path(at), ID: one.Entry.ID, Up: f})
		}
	}
	return nil
}

// checkCount fails where more lines came than a scan of the whole side may read.
func (w *trashWalk) checkCount(more int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count += more
	if err := new(sync.Look).CheckCount(w.count); err != nil {
		return fmt.Errorf("the trash: %w", err)
	}
	return nil
}

// add notes what is at a path below the root.
func (w *trashWalk) add(at string, e manifest.Entry) {
	own, inside, _ := strings.Cut(at, "/")
	home, id, _ := strings.Cut(inside, "/")
	stamp, below, ok := strings.Cut(id, "/")
	when, _, _ := trashbin.ParseStamp(stamp)
	p, err := manifest.ParsePath(below)
	if !ok || err != nil || ftp.CheckLine(at) != nil {
		return
	}
	if name := path.Base(below); name != p.Base() {
		e.Name = name
	}
	t := trashbin.Trashed{Path: p, ID: id, When: when, Entry: e}
	if home != path.Base(trashbin.Dir) {
		t.Trash = home
	}
	if own != manifest.Own {
		t.Own = own
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, t)
}
