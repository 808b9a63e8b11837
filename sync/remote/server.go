package remote

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	stdsync "sync"
	"sync/atomic"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/chmod"
	"ferry/sync/remote/list"
	"ferry/sync/remote/lock"
	"ferry/sync/remote/names"
)

// A server is what all subjects of this package share: the sessions, what the
// server can do, where the root is, how names are spelled there, and what earlier
// listings showed. Its methods may be called from several goroutines.
type server struct {
	opts     Options
	pool     *pool.Pool
	features *ftp.Features
	addr     netip.Addr // as this machine reaches it
	names    names.Names
	lister   list.Lister
	listed   list.Memory
	lock     *lock.Lock

	rootID        atomic.Uint64 // identity of the root, see [identity]; 0: unknown
	encodingNoted stdsync.Once
	absoluteNoted stdsync.Once // links with absolute targets were told of
	modes         chmod.Notes
	inListedDirs  atomic.Bool // idle sessions may stand in directories that a scan listed
	late          lateness
	plainSeen     atomic.Bool // a listing of the root showed [manifest.OwnPlain]
}

// connect logs in and finds out where the root is. The error wraps [sync.ErrFatal].
func connect(ctx context.Context, o Options) (*server, error) {
	o.Options = o.WithDefaults()
	srv := &server{opts: o, pool: pool.New(o.Options), modes: chmod.Notes{Notice: o.Notice}}
	err := srv.do(ctx, "logging in", func(ctx context.Context, s *ftp.Session) (err error) {
		srv.features, srv.addr = s.Features(), s.ServerAddr()
		if srv.names.Root, err = findRoot(ctx, s, o); err == nil {
			err = lock.FindOwnDir(ctx, s, srv.names.Root)
		}
		return err
	})
	if err != nil {
		return nil, fatal(errors.Join(fmt.Errorf("opening %s: %w", srv.where(), err), srv.pool.Close()))
	}
	srv.lister = list.Lister{Root: srv.names.Dir(manifest.Root), Format: o.ListFormat}
	srv.lock = lock.New(srv.pool, srv.names.Root, srv.lockOptions())
	return srv, nil
}

// lockOptions returns the options of the lock of the root.
func (srv *server) lockOptions() lock.Options {
	o := srv.opts
	return lock.Options{Owner: o.Owner, Boot: o.Boot, Machine: o.Machine, Wait: o.WaitLock, WaitUntil: o.WaitLockUntil, Temps: o.Temps, Dirs: srv.listDirs, Features: srv.features, PlainSeen: srv.plainSeen.Load, Log: o.Log}
}

// do is [pool.Pool.Do] with errors that tell the engine when to give up.
func (srv *server) do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(srv.pool.Do(ctx, op, f))
}

// once is [pool.Pool.Once] with the same errors as do.
func (srv *server) once(ctx context.Context, f func(ctx context.Context, s *ftp.Session) error) error {
	return giveUp(srv.pool.Once(ctx, f))
}

// runAny runs a batch on any session. It must be safe to repeat.
func (srv *server) runAny(ctx context.Context, op string, b *ftp.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return srv.do(ctx, op, b.Run)
}

// borrow is [pool.Pool.Borrow] with the same errors as do.
func (srv *server) borrow(ctx context.Context) (*ftp.Session, error) {
	s, err := srv.pool.Borrow(ctx)
	return s, giveUp(err)
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

// where names the root for people.
func (srv *server) where() string {
	host := srv.opts.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if srv.opts.Port != srv.opts.Security.Port() {
		host = fmt.Sprintf("%s:%d", host, srv.opts.Port)
	}
	return fmt.Sprintf("%s://%s@%s%s", srv.opts.Security.Scheme(), srv.opts.User, host, srv.names.Dir(manifest.Root))
}

// ownDir is the name of ferry's own directory on this server.
func (srv *server) ownDir() string { return lock.OwnDir(srv.features) }

// own returns the absolute path of below in ferry's own directory, or of that
// directory itself where below is "".
func (srv *server) own(below string) string {
	return strings.TrimSuffix(srv.names.Root+"/"+srv.ownDir()+"/"+below, "/")
}

// dropsTrailingSpace reports whether the server may read or write another file than
// name, one without the space at its end.
func (srv *server) dropsTrailingSpace(name string) bool {
	return strings.HasSuffix(name, " ") && !srv.features.Has(ftp.KeepsTrailingSpace)
}

// checkNew refuses a name that cannot be sent, and one that the server would turn
// into another name when it makes it.
func (srv *server) checkNew(at place) error {
	if err := at.Check(); err != nil {
		return err
	}
	if _, err := srv.opts.Charset.Encode(at.String()); err != nil {
		return fmt.Errorf("%w: %w", manifest.ErrName, err)
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(at.String(), srv.names.Root), "/") {
		if srv.dropsTrailingSpace(name) || srv.features.Has(ftp.ReplacesSpaceOnMake) && strings.HasSuffix(name, " ") && name == at.Name {
			return fmt.Errorf("%w: %q ends with a space, which this server changes", manifest.ErrName, name)
		}
	}
	return nil
}

// listDirs lists the directories in dir, with the same errors as [list.Lister.List].
func (srv *server) listDirs(ctx context.Context, s *ftp.Session, dir string) (dirs []lock.Dir, err error) {
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
