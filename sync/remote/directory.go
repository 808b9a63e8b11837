package remote

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A Directory is a directory on an FTP server. It implements [sync.Replica].
type Directory struct {
	opts  Options
	pool  *ftp.Pool
	f     *ftp.Features // of the server
	names names
	trash trash
	temps temps

	specials specials
	rootID   atomic.Uint64 // the unique fact of the root; 0: unknown
	astray   atomic.Bool   // sessions may stand in directories that they listed

	lockTimes lockTimes
	groupTime time.Duration
	sweepTurn func() bool // whether this pass looks for what is left of locks

	mu     stdsync.Mutex
	masked map[manifest.Path]bool // directories that show names nobody can ask for
}

var _ sync.Replica = (*Directory)(nil)

// Open logs in, and finds out where the root is; whether it is there is a
// question for [Directory.Root]. The error wraps [sync.ErrFatal].
func Open(ctx context.Context, o Options) (*Directory, error) {
	o.Options = o.WithDefaults()
	d := &Directory{opts: o, pool: ftp.NewPool(o.Options), masked: make(map[manifest.Path]bool),
		lockTimes: lockTimes{lockFirst, lockBeat, lockWatch, lockStale, lockRelease},
		groupTime: groupTime, sweepTurn: func() bool { return rand.N(sweepOneIn) == 0 }}
	err := d.do(ctx, "logging in", func(ctx context.Context, s *ftp.Session) error {
		root, err := findRoot(ctx, s, o)
		d.names.root, d.f = root, s.Features()
		return err
	})
	if err != nil {
		return nil, final(errors.Join(fmt.Errorf("opening %s: %w", d.where(), err), d.pool.Close()))
	}
	return d, nil
}

// findRoot returns the absolute path of the root, without a slash at the end.
func findRoot(ctx context.Context, s *ftp.Session, o Options) (string, error) {
	home := ""
	if !o.Absolute {
		var err error
		if home, err = s.WorkingDirectory(ctx); err != nil {
			return "", err
		}
	}
	return joinRoot(home, o.Path)
}

// joinRoot appends path to home, both with slashes, without empty components or
// ones of a single dot. Going up is refused: it means other things to other
// servers.
func joinRoot(home, path string) (string, error) {
	root := ""
	for name := range strings.SplitSeq(home+"/"+path, "/") {
		if name == "" || name == "." {
			continue
		}
		if err := manifest.CheckName(name); err != nil {
			return "", &ftp.Error{Op: "opening", Path: path, Class: ftp.Server, Err: err}
		}
		root += "/" + name
	}
	return root, nil
}

// where names the root for people.
func (d *Directory) where() string {
	host := d.opts.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if d.opts.Port != d.opts.Security.Port() {
		host = fmt.Sprintf("%s:%d", host, d.opts.Port)
	}
	return fmt.Sprintf("%s://%s@%s%s", d.opts.Security.Scheme(), d.opts.User, host, d.names.dir(manifest.Root))
}

// masks reports whether the last listing of dir showed names that stand for
// others.
func (d *Directory) masks(dir manifest.Path) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.masked[dir]
}

func (d *Directory) mask(dir manifest.Path, masked bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if masked {
		d.masked[dir] = true
	} else {
		delete(d.masked, dir)
	}
}

// loses reports whether the server may take name for one without the space at
// its end when it is read or written.
func (d *Directory) loses(name string) bool {
	return strings.HasSuffix(name, " ") && !d.f.Has(ftp.KeepsTrailingSpace)
}

// makes returns an error where the server cannot make name, but would make or
// replace another one.
func (d *Directory) makes(at place) error {
	if err := checkPlace(at); err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(at.String(), d.names.root), "/") {
		if d.loses(name) || d.f.Has(ftp.ReplacesSpaceOnMake) && strings.HasSuffix(name, " ") && name == at.name {
			return fmt.Errorf("%w: %q ends with a space, which this server changes", manifest.ErrName, name)
		}
	}
	return nil
}

// Close ends all sessions.
func (d *Directory) Close() error { return d.pool.Close() }
