package site

import (
	"context"
	"errors"
	"fmt"
	"strings"
	stdsync "sync"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/internal/ftp/pool/sizing"
	"ferry/manifest"
	"ferry/sync/remote/list"
	"ferry/sync/remote/lock"
)

// dirsPerSession is from how many directories on another session is worth it.
const dirsPerSession = 4

// listDirs lists the directories in dir for the lock.
func (srv *Server) listDirs(ctx context.Context, s *ftp.Session, dir string) (dirs []lock.Dir, err error) {
	srv.standing.enters(s, dir)
	l, err := srv.lister.List(ctx, s, dir)
	if err != nil {
		return nil, err
	}
	for _, one := range l.Entries {
		if one.Entry.IsDir() {
			dirs = append(dirs, lock.Dir{Name: one.Name, Entry: one.Entry})
		}
	}
	return dirs, nil
}

// List implements [deploy.Server].
func (srv *Server) List(ctx context.Context, dirs []manifest.Path) (map[manifest.Path]*deploy.DirList, error) {
	w := &walk{Server: srv, found: make(map[manifest.Path]*deploy.DirList), queue: list.NewQueue()}
	for _, dir := range dirs {
		w.queue.Add(&list.Folder{Path: dir})
	}
	return w.run(ctx, len(dirs)/dirsPerSession)
}

// ListAll implements [deploy.Server].
func (srv *Server) ListAll(ctx context.Context, skip func(p manifest.Path, dir bool) bool) (map[manifest.Path]*deploy.DirList, error) {
	w := &walk{Server: srv, found: make(map[manifest.Path]*deploy.DirList), queue: list.NewQueue(), deep: true, skip: skip}
	w.queue.Add(&list.Folder{Path: manifest.Root})
	return w.run(ctx, srv.pool.Size(sizing.Listings))
}

// A walk lists directories of the site over all sessions.
type walk struct {
	*Server
	queue *list.Queue
	deep  bool // the directories in them as well
	skip  func(p manifest.Path, dir bool) bool

	mu    stdsync.Mutex
	found map[manifest.Path]*deploy.DirList
}

func (w *walk) run(ctx context.Context, workers int) (map[manifest.Path]*deploy.DirList, error) {
	err := w.queue.Run(ctx, max(1, min(workers, w.pool.Size(sizing.Listings))), func(ctx context.Context, f *list.Folder) error {
		defer w.queue.Done()
		return w.folder(ctx, f)
	})
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return w.found, err
}

// folder lists one directory. The error ends the walk.
func (w *walk) folder(ctx context.Context, f *list.Folder) error {
	at, err := w.dirPath(f.Path)
	if err != nil {
		w.put(f.Path, &deploy.DirList{Err: err})
		return nil
	}
	var l *list.Listing
	var missing bool
	err = w.do(ctx, "listing", func(ctx context.Context, s *ftp.Session) (err error) {
		w.standing.enters(s, at)
		if l, err = w.lister.List(ctx, s, at); err == nil {
			return w.addTimes(ctx, s, at, l)
		}
		if ctx.Err() != nil || s.Dead() || ftp.Retryable(err) {
			return err
		}
		refused := err
		spelled, missingNow, err := w.find(ctx, s, f.Path)
		switch {
		case err != nil:
			return err
		case missingNow:
			missing = true
			return nil
		case spelled != at:
			if l, err = list.OrEmpty(w.lister.List(ctx, s, spelled)); err == nil {
				at = spelled
				return w.addTimes(ctx, s, at, l)
			}
			return err
		}
		l, err = list.OrEmpty(nil, refused)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, ftp.ErrFatal):
		return err
	case err != nil:
		w.put(f.Path, &deploy.DirList{Err: fmt.Errorf("listing %q: %w", f.Path, err)})
		return nil
	case missing:
		w.put(f.Path, &deploy.DirList{Missing: true})
		return nil
	}
	w.add(f, l)
	return nil
}

// put notes what came of a directory.
func (w *walk) put(p manifest.Path, l *deploy.DirList) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found[p] = l
}

// add notes the entries of a directory, and queues the directories in it.
func (w *walk) add(f *list.Folder, l *list.Listing) {
	entries := make(map[string]deploy.Look, len(l.Entries))
	var inner []*list.Folder
	for _, one := range l.Entries {
		p, err := f.Path.Child(one.Name)
		if err != nil || w.isWork(f.Path, one.Name) || manifest.IsOwn(f.Path, one.Name) || ftp.IsServersOwn(one.Name) {
			continue
		}
		isDir := one.Entry.IsDir()
		if w.skip != nil && w.skip(p, isDir) {
			continue
		}
		look := deploy.Look{Entry: one.Entry, Mode: one.Mode}
		if look.Entry.Name = ""; one.Name != p.Base() {
			look.Entry.Name = one.Name
		}
		if one.NoSize && one.Entry.IsFile() {
			look.Err = errors.New("the server does not tell its size")
		}
		if _, twice := entries[p.Base()]; twice {
			look = deploy.Look{Err: errors.New("two names of the server are one here")}
			isDir = false
		}
		entries[p.Base()] = look
		if isDir {
			w.names.set(p, one.Name)
			if w.deep && !f.Loops(one.Entry.ID) {
				inner = append(inner, &list.Folder{Path: p, ID: one.Entry.ID, Up: f})
			}
		}
	}
	w.put(f.Path, &deploy.DirList{Entries: entries})
	w.queue.Add(inner...)
}

// isWork reports whether name in dir is the work directory.
func (srv *Server) isWork(dir manifest.Path, name string) bool {
	return srv.work("") == srv.root+"/"+string(dir.Join(name))
}

// dirPath returns the absolute path of a directory of the site.
func (srv *Server) dirPath(p manifest.Path) (string, error) {
	return srv.path(deploy.Place{Path: srv.names.dir(p)})
}

// find looks for directory p, which cannot be listed, from the root on. It returns its path
// as the server spells it, or says that there is no such directory, for certain. The error
// is one of the session, or says why it cannot be told.
func (srv *Server) find(ctx context.Context, s *ftp.Session, p manifest.Path) (at string, missing bool, err error) {
	if p == manifest.Root {
		missing, err := srv.isMissing(ctx, s, srv.dir(srv.root))
		return srv.dir(srv.root), missing, err
	}
	above, err := srv.dirPath(p.Parent())
	if err != nil {
		return "", false, err
	}
	srv.standing.enters(s, above)
	l, err := srv.lister.List(ctx, s, above)
	if err != nil {
		if ctx.Err() != nil || s.Dead() || ftp.Retryable(err) {
			return "", false, err
		}
		other, missing, why := srv.find(ctx, s, p.Parent())
		if why != nil || missing {
			return "", missing, why
		}
		if other == above {
			return "", false, err
		}
		if l, err = srv.lister.List(ctx, s, other); err != nil {
			return "", false, err
		}
	}
	for _, one := range l.Entries {
		if q, err := p.Parent().Child(one.Name); err == nil && q == p {
			if !one.Entry.IsDir() {
				return "", true, nil
			}
			srv.names.set(p, one.Name)
			at, err = srv.dirPath(p)
			return at, false, err
		}
	}
	for _, one := range l.Refused {
		if manifest.SameName(one.Name, p.Base()) {
			return "", false, one.Why
		}
	}
	return "", true, nil
}

// addTimes asks for the exact times of the files in a listing that shows only minutes or
// days, in a zone of the server's choice.
func (srv *Server) addTimes(ctx context.Context, s *ftp.Session, dir string, l *list.Listing) error {
	f := s.Features()
	if !f.HasMDTM() || l.Newest == 0 {
		return nil
	}
	var b ftp.Batch
	replies := make([]ftp.Reply, len(l.Entries))
	for i, one := range l.Entries {
		if abs := joinName(dir, one.Name); one.Entry.IsFile() && one.Entry.Shown != 0 && ftp.CheckLine(abs) == nil {
			b.Expect("MDTM "+abs, &replies[i])
		}
	}
	if err := b.Run(ctx, s); err != nil {
		return err
	}
	for i, r := range replies {
		if t, err := listing.ParseTimeVal(strings.TrimSpace(r.Text)); r.Code == 213 && err == nil {
			l.Entries[i].Entry.SetTime(t, manifest.Second)
		}
	}
	return nil
}

// joinName returns the absolute path of name in dir.
func joinName(dir, name string) string {
	if dir == "/" {
		return dir + name
	}
	return dir + "/" + name
}

// ListWork implements [deploy.Server].
func (srv *Server) ListWork(ctx context.Context, dir string) (files []deploy.WorkFile, err error) {
	at, err := srv.path(deploy.Work(dir))
	if err != nil {
		return nil, err
	}
	err = srv.do(ctx, "listing", func(ctx context.Context, s *ftp.Session) error {
		l, err := srv.listOrMissing(ctx, s, at)
		if err != nil {
			return err
		}
		files = files[:0]
		for _, one := range l.Entries {
			files = append(files, deploy.WorkFile{Name: one.Name, Entry: one.Entry})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", at, err)
	}
	return files, nil
}

// listOrMissing lists dir with exact times. The error wraps [deploy.ErrMissing] where there
// certainly is none.
func (srv *Server) listOrMissing(ctx context.Context, s *ftp.Session, dir string) (*list.Listing, error) {
	srv.standing.enters(s, dir)
	l, err := srv.lister.List(ctx, s, dir)
	if err == nil {
		return l, srv.addTimes(ctx, s, dir, l)
	}
	if ctx.Err() != nil || s.Dead() || ftp.Retryable(err) {
		return nil, err
	}
	missing, why := srv.isMissing(ctx, s, dir)
	switch {
	case why != nil:
		return nil, why
	case missing:
		return nil, fmt.Errorf("%w: %w", deploy.ErrMissing, err)
	}
	return list.OrEmpty(nil, err)
}
