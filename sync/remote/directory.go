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

	"ferry/manifest"
	"ferry/sync"
)

// A Directory is a directory on an FTP server. It implements [sync.Replica].
type Directory struct {
	opts  Options
	pool  *pool
	f     *features // of the server
	names names
	trash trash
	temps temps

	specials specials
	rootID   atomic.Uint64 // the unique fact of the root; 0: unknown
	astray   atomic.Bool   // sessions may stand in directories that they listed
	probe    recursion

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
	o = o.withDefaults()
	d := &Directory{opts: o, pool: newPool(o), masked: make(map[manifest.Path]bool),
		lockTimes: lockTimes{lockFirst, lockBeat, lockWatch, lockStale, lockRelease},
		groupTime: groupTime, sweepTurn: func() bool { return rand.N(sweepOneIn) == 0 }}
	err := d.pool.do(ctx, "logging in", func(ctx context.Context, s *session) error {
		root, err := findRoot(ctx, s, o)
		d.names.root, d.f = root, s.features()
		return err
	})
	if err != nil {
		return nil, fatal(errors.Join(fmt.Errorf("opening %s: %w", d.where(), err), d.pool.close()))
	}
	return d, nil
}

// findRoot returns the absolute path of the root, without a slash at the end.
func findRoot(ctx context.Context, s *session, o Options) (string, error) {
	home := ""
	if !o.Absolute {
		r := s.c.home
		if r.code == 0 {
			var err error
			if r, err = say(ctx, s, "PWD"); err != nil {
				return "", err
			}
		}
		if err := s.mustReply("PWD", "", r, 257); err != nil {
			return "", err
		}
		var err error
		if home, err = workingDirectory(r.text); err != nil {
			return "", &Error{Op: "PWD", Class: Server, Code: r.code, Reply: printable(r.text), Err: err,
				Hint: "name the directory by its absolute path"}
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
			return "", &Error{Op: "opening", Path: path, Class: Server, Err: err}
		}
		root += "/" + name
	}
	return root, nil
}

// workingDirectory reads the text of a 257 reply (RFC 959, appendix II): the
// path stands in quotes, and quotes in it are doubled by most servers.
func workingDirectory(text string) (string, error) {
	_, rest, ok := strings.Cut(text, `"`)
	if !ok {
		return "", errors.New("no path in the reply")
	}
	dir, ok := unquote(rest)
	if !ok { // not doubled
		i := strings.LastIndexByte(rest, '"')
		dir = rest[:max(i, 0)]
	}
	if !strings.HasPrefix(dir, "/") {
		return "", fmt.Errorf("the login directory %q is no absolute path", dir)
	}
	return dir, nil
}

// unquote reads up to the quote that ends a path, and false where quotes are not
// doubled as they should be.
func unquote(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case i+1 == len(s) || s[i+1] == ' ':
			return b.String(), true
		default:
			b.WriteByte('"')
		}
	}
	return "", false
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
// its end when it is read or written: ftpserverlib does, and only the servers
// named here have been seen not to.
func (d *Directory) loses(name string) bool {
	return strings.HasSuffix(name, " ") && !(d.f.vsftpd || d.f.proftpd || d.f.pureftpd || d.f.pyftpdlib)
}

// makes returns an error where the server cannot make name, but would make or
// replace another one: Pure-FTPd makes "x_" of "x ".
func (d *Directory) makes(at place) error {
	if err := checkPlace(at); err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(at.String(), d.names.root), "/") {
		if d.loses(name) || d.f.pureftpd && strings.HasSuffix(name, " ") && name == at.name {
			return fmt.Errorf("%w: %q ends with a space, which this server changes", manifest.ErrName, name)
		}
	}
	return nil
}

// Close ends all sessions.
func (d *Directory) Close() error { return d.pool.close() }
