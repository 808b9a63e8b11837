package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/sizing"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
)

// looksPerSession is from how many questions on another session is worth it.
const looksPerSession = 150

var errNotAnswered = errors.New("not answered")

// Look implements [deploy.Server].
func (srv *Server) Look(ctx context.Context, places []deploy.Place, held bool) ([]deploy.Look, error) {
	looks, paths := make([]deploy.Look, len(places)), make([]string, len(places))
	var open []int
	for i, at := range places {
		if paths[i], looks[i].Err = srv.path(at); looks[i].Err == nil {
			open = append(open, i)
		}
	}
	sessions := min(max(srv.pool.Ready(), sizing.Few), srv.pool.Size(sizing.SmallFiles))
	most := max(1, (len(open)+sessions-1)/sessions, looksPerSession)
	parts := slices.Collect(slices.Chunk(open, most))
	if len(parts) == 0 && held {
		parts = [][]int{nil}
	}
	errs := make([]error, len(parts))
	var running stdsync.WaitGroup
	for k, part := range parts {
		running.Go(func() { errs[k] = srv.lookAt(ctx, part, paths, looks, held && k == 0) })
	}
	running.Wait()
	return looks, errors.Join(errs...)
}

// lookAt asks for the places of part on one session.
func (srv *Server) lookAt(ctx context.Context, part []int, paths []string, looks []deploy.Look, held bool) error {
	some := make([]string, len(part))
	for k, i := range part {
		some[k] = paths[i]
	}
	return srv.do(ctx, "looking", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		q := srv.lock.Question()
		if held {
			q.Queue(&b)
		}
		told, err := srv.looks(ctx, s, &b, some)
		if err != nil {
			return err
		}
		if held && !q.IsOurs() {
			return fmt.Errorf("%w: the lock of this deploy is gone", sync.ErrHeld)
		}
		for k, i := range part {
			looks[i] = told[k]
		}
		return nil
	})
}

// queueLook adds to b the questions what is at abs; see [ftp.QueueStat].
func queueLook(b *ftp.Batch, f *ftp.Features, abs string, into *deploy.Look) {
	into.Err = errNotAnswered
	ftp.QueueStat(b, f, abs, func(s ftp.Stat) { *into = lookOf(s) })
}

func lookOf(s ftp.Stat) deploy.Look {
	return deploy.Look{Entry: list.EntryOf(s.Entry), Mode: s.Entry.Mode, Err: s.Err}
}

// looks asks what is at each path after the commands in b, in one batch where the server
// can answer, else by listing the directories. The error is one of the session; what cannot
// be told of a single place is in its answer.
func (srv *Server) looks(ctx context.Context, s *ftp.Session, b *ftp.Batch, paths []string) ([]deploy.Look, error) {
	answers := make([]deploy.Look, len(paths))
	f := s.Features()
	if !f.CanStat() {
		srv.returnToRoot(s, b)
		if err := b.Run(ctx, s); err != nil {
			return answers, err
		}
		return answers, srv.lookByListing(ctx, s, paths, answers)
	}
	for i, abs := range paths {
		queueLook(b, f, abs, &answers[i])
	}
	srv.returnToRoot(s, b)
	hadMLST, couldStat := f.HasMLST(), f.CanStat()
	err := b.Run(ctx, s)
	switch {
	case err != nil:
		return answers, err
	case hadMLST != f.HasMLST() || couldStat != f.CanStat():
		return srv.looks(ctx, s, new(ftp.Batch), paths)
	}
	return answers, srv.settleLooks(ctx, s, paths, answers)
}

// settleLooks lists the directories of those places of which the server does not tell
// anything when it is asked for the name alone: it refuses to answer, or it says that
// nothing is there and has never told of a file before. The error is one of the session.
func (srv *Server) settleLooks(ctx context.Context, s *ftp.Session, paths []string, answers []deploy.Look) error {
	f := s.Features()
	command := f.StatQuirk()
	for _, told := range answers {
		if told.Err == nil && told.Entry.IsFile() {
			f.Observe(command, true)
		}
	}
	proven := f.Proven(command)
	var open []int
	var which []string
	for i, told := range answers {
		if isRefusal(told.Err) || told.Err == nil && !told.Entry.Exists() && !f.Trusts(command, paths[i]) {
			open, which = append(open, i), append(which, paths[i])
		}
	}
	shown := make([]deploy.Look, len(which))
	if err := srv.lookByListing(ctx, s, which, shown); err != nil {
		return err
	}
	for k, i := range open {
		isFile := shown[k].Err == nil && shown[k].Entry.IsFile()
		if isFile && ftp.HasSpace(which[k]) {
			if learned, err := s.TrySpaces(ctx, which[k]); err != nil {
				return err
			} else if learned {
				again, err := srv.looks(ctx, s, new(ftp.Batch), paths)
				copy(answers, again)
				return err
			}
		}
		answers[i] = shown[k]
		if isFile && !proven {
			f.Observe(command, false)
		}
	}
	return nil
}

// lookByListing lists the directories of paths. In a directory that is certainly not there,
// nothing is.
func (srv *Server) lookByListing(ctx context.Context, s *ftp.Session, paths []string, answers []deploy.Look) error {
	lists := make(map[string]*list.Listing)
	failed := make(map[string]error)
	for i, abs := range paths {
		dir, name := splitPath(abs)
		l, ok := lists[dir]
		if err := failed[dir]; err != nil {
			answers[i].Err = err
			continue
		}
		if !ok {
			srv.standing.enters(s, dir)
			var err error
			if l, err = list.OrEmpty(srv.lister.List(ctx, s, dir)); err != nil {
				if ctx.Err() != nil || s.Dead() {
					return err
				}
				missing, whyNot := srv.isMissing(ctx, s, dir)
				if whyNot != nil {
					return whyNot
				}
				if !missing {
					failed[dir] = err
					answers[i].Err = err
					continue
				}
				l = new(list.Listing)
			}
			lists[dir] = l
		}
		answers[i] = deploy.Look{Entry: l.Find(name), Mode: l.Mode(name)}
	}
	return nil
}

// isMissing finds out whether nothing is at abs, for certain: a directory above can be
// listed and does not show the next name on the way. The error is one of the session.
func (srv *Server) isMissing(ctx context.Context, s *ftp.Session, abs string) (bool, error) {
	for abs != "/" && abs != "" {
		dir, name := splitPath(abs)
		srv.standing.enters(s, dir)
		l, err := srv.lister.List(ctx, s, dir)
		if err == nil {
			return !slices.ContainsFunc(l.Entries, func(one list.Line) bool { return manifest.SameName(one.Name, name) }), nil
		}
		if ctx.Err() != nil || s.Dead() {
			return false, err
		}
		if l, err := list.OrEmpty(nil, err); err == nil && l != nil {
			return true, nil
		}
		abs = dir
	}
	return false, nil
}

// splitPath splits an absolute path into its directory, "/" for that of the server, and its
// last name.
func splitPath(abs string) (dir, name string) {
	for i := len(abs) - 1; i > 0; i-- {
		if abs[i] == '/' {
			return abs[:i], abs[i+1:]
		}
	}
	return "/", abs[min(1, len(abs)):]
}
