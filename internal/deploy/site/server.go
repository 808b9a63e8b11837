package site

import (
	"context"
	"errors"
	"fmt"
	"strings"
	stdsync "sync"
	"sync/atomic"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/list"
	"ferry/sync/remote/lock"
)

// A Server is the server of a site. It implements [deploy.Server].
type Server struct {
	opts     Options
	pool     *pool.Pool
	features *ftp.Features
	root     string // absolute, without a slash at the end: "" is the server's own root
	fixed    string // the absolute path of the work directory; "": ferry's own in the site
	names    names
	lister   list.Lister
	lock     *lock.Lock
	late     lateness

	entered  atomic.Bool   // the root is there
	rootID   atomic.Uint64 // identity of the root; 0: unknown
	standing standing
	begun    begun // what [Server.Lock] has asked for [Server.Begin]

	protecting stdsync.Mutex
	protected  bool // the work directory is closed to others, as far as that is possible
}

var _ deploy.Server = (*Server)(nil)

var errNoDirectoryOfItsOwn = errors.New("the work directory must not hold the site, or be the site")

// Open logs in and finds out where the site is; [Server.Root] tells whether it is there.
// The error wraps [sync.ErrFatal].
func Open(ctx context.Context, o Options) (*Server, error) {
	o.Options = o.WithDefaults()
	o.ProbeLater = true // a deploy that changes nothing lists nothing
	srv := &Server{opts: o, pool: pool.New(o.Options)}
	err := srv.do(ctx, "logging in", func(ctx context.Context, s *ftp.Session) (err error) {
		srv.features = s.Features()
		if srv.root, err = findRoot(ctx, s, o); err == nil {
			srv.fixed, err = findWork(srv.root, o.Work)
		}
		if err == nil && srv.fixed == "" {
			err = lock.FindOwnDir(ctx, s, srv.root)
		}
		return err
	})
	if err != nil {
		return nil, fatal(errors.Join(fmt.Errorf("opening %s: %w", srv.where(), err), srv.pool.Close()))
	}
	srv.lister = list.Lister{Root: srv.dir(srv.root), Format: o.ListFormat}
	srv.lock = lock.New(srv.pool, srv.root, lock.Options{Owner: o.Owner, Boot: o.Boot, Machine: o.Machine, Dir: srv.fixed, Wait: o.Wait, WaitUntil: o.WaitUntil,
		Temps: o.Temps, Dirs: srv.listDirs, Features: srv.features, Sweeps: func() bool { return false }, Log: o.Log})
	return srv, nil
}

// Close implements [deploy.Server].
func (srv *Server) Close() error { return srv.pool.Close() }

// do is [pool.Pool.Do] with errors that tell the engine when to give up.
func (srv *Server) do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(srv.pool.Do(ctx, op, f))
}

// once is [pool.Pool.Once] with the same errors as do.
func (srv *Server) once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(srv.pool.Once(ctx, f))
}

// A fatalError reads as its cause and is also [sync.ErrFatal].
type fatalError struct{ err error }

func (e *fatalError) Error() string   { return e.err.Error() }
func (e *fatalError) Unwrap() []error { return []error{e.err, sync.ErrFatal} }

func fatal(err error) error { return &fatalError{err} }

// giveUp wraps [sync.ErrFatal] around errors after which the server is of no use.
func giveUp(err error) error {
	if !errors.Is(err, ftp.ErrFatal) || errors.Is(err, sync.ErrFatal) {
		return err
	}
	return fatal(err)
}

// withFull wraps [sync.ErrFull] around an error that means it.
func withFull(err error) error {
	if ftp.IsFull(err) {
		return fmt.Errorf("%w: %w", sync.ErrFull, err)
	}
	return err
}

// isRefusal reports whether err is a permanent negative reply.
func isRefusal(err error) bool {
	var e *ftp.Error
	return errors.As(err, &e) && e.Code/100 == 5
}

// where names the site for people.
func (srv *Server) where() string {
	host := srv.opts.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if srv.opts.Port != srv.opts.Security.Port() {
		host = fmt.Sprintf("%s:%d", host, srv.opts.Port)
	}
	return fmt.Sprintf("%s://%s@%s%s", srv.opts.Security.Scheme(), srv.opts.User, host, srv.dir(srv.root))
}

// dir returns an absolute path that is "" for the server's own root as commands need it.
func (srv *Server) dir(abs string) string {
	if abs == "" {
		return "/"
	}
	return abs
}

// work returns the absolute path of name in the work directory, or of that directory itself
// where name is "".
func (srv *Server) work(name string) string {
	dir := srv.fixed
	if dir == "" {
		dir = srv.root + "/" + lock.OwnDir(srv.features)
	}
	return strings.TrimSuffix(dir+"/"+name, "/")
}

// path returns the absolute path of a place, or an error where the server cannot be asked
// for it.
func (srv *Server) path(at deploy.Place) (string, error) {
	abs := srv.root
	switch {
	case at.Work:
		abs = srv.work(at.Path)
	case at.Path != "":
		abs += "/" + srv.names.spelled(at.Path)
	}
	for name := range strings.SplitSeq(at.Path, "/") {
		if at.Path == "" {
			break
		}
		if err := manifest.CheckName(name); err != nil {
			return "", fmt.Errorf("%q: %w", at.Path, err)
		}
	}
	if err := ftp.CheckLine(abs); err != nil {
		return "", &ftp.Error{Op: "naming", Path: at.Path, Class: ftp.File, Err: manifest.ErrName}
	}
	if _, err := srv.opts.Charset.Encode(abs); err != nil {
		return "", fmt.Errorf("%q: %w: %w", at.Path, manifest.ErrName, err)
	}
	return srv.dir(abs), nil
}

// newPath is path for a place where something is to be made. It refuses a name that the
// server would turn into another one.
func (srv *Server) newPath(at deploy.Place) (string, error) {
	abs, err := srv.path(at)
	if err != nil || !strings.Contains(at.Path, " ") {
		return abs, err
	}
	last := at.Path[strings.LastIndexByte(at.Path, '/')+1:]
	for name := range strings.SplitSeq(at.Path, "/") {
		changes := !srv.features.Has(ftp.KeepsTrailingSpace) || srv.features.Has(ftp.ReplacesSpaceOnMake) && name == last
		if strings.HasSuffix(name, " ") && changes {
			return "", fmt.Errorf("%w: %q ends with a space, which this server changes", manifest.ErrName, name)
		}
	}
	return abs, nil
}

// graceContext returns a context in which a change that was begun is brought to its end:
// when ctx is cancelled, it goes on for a moment.
func (srv *Server) graceContext(ctx context.Context) (context.Context, context.CancelFunc) {
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if ftp.Sleep(inner, min(grace, srv.opts.Timeout)) == nil {
			cancel(context.Cause(ctx))
		}
	})
	return inner, func() { stop(); cancel(nil) }
}
