package site

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// A disk is a site on the disk of this machine, and hands for it. Files get the owner of the
// directory that the server shows.
type disk struct {
	*testing.T
	root, work string
}

func (d *disk) path(at deploy.Place) string {
	if at.Work {
		return filepath.Join(d.work, at.Path)
	}
	return filepath.Join(d.root, at.Path)
}

func (d *disk) Write(at deploy.Place, content string) {
	d.Helper()
	name := d.path(at)
	d.makeDir(filepath.Dir(name))
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		d.Fatal(err)
	}
	own(d.T, name)
}

func (d *disk) makeDir(dir string) {
	d.Helper()
	if _, err := os.Stat(dir); err == nil {
		return
	}
	d.makeDir(filepath.Dir(dir))
	if err := os.Mkdir(dir, 0o755); err != nil {
		d.Fatal(err)
	}
	own(d.T, dir)
}

func (d *disk) Remove(at deploy.Place) { os.RemoveAll(d.path(at)) }

func (d *disk) Content(at deploy.Place) (string, bool) {
	data, err := os.ReadFile(d.path(at))
	return string(data), err == nil
}

func (d *disk) BreakLock() { d.Remove(deploy.Work("lock")) }

// names returns the paths of all files, and of all directories with a slash at the end, that
// are in the site but not in the work directory.
func (d *disk) names() (names []string) {
	filepath.WalkDir(d.root, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || p == d.root:
		case p == d.work:
			return filepath.SkipDir
		case e.IsDir():
			names = append(names, strings.TrimPrefix(p, d.root+"/")+"/")
		default:
			names = append(names, strings.TrimPrefix(p, d.root+"/"))
		}
		return nil
	})
	return names
}

// connect opens the server of a site.
func connect(t *testing.T, addr, path string, change func(*Options)) *Server {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Path: path, Owner: "owner", Boot: "boot", Options: ftp.Options{Host: host, User: realftp.User, Connections: 3, Timeout: 10 * time.Second, Retries: 2,
		Password: func() (string, error) { return realftp.Password, nil }, Backoff: func(int) time.Duration { return 0 }}}
	if o.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&o)
	}
	srv, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// locked takes the lock of srv until the test ends.
func locked(t *testing.T, srv *Server) *Server {
	t.Helper()
	if _, missing, err := srv.Root(t.Context(), true); err != nil || missing {
		t.Fatal(missing, err)
	}
	release, _, err := srv.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	srv.begun = begun{} // the test changes what is there
	return srv
}

// embedded starts the embedded server.
func embedded(t *testing.T, o ftpserver.Options) *ftpserver.Server {
	t.Helper()
	o.User, o.Password = realftp.User, realftp.Password
	if o.Root == "" {
		o.Root = t.TempDir()
	}
	server, err := ftpserver.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// A fixture is a site on the embedded server, with its lock taken.
type fixture struct {
	*disk
	ftp    *ftpserver.Server
	server *Server
}

func newFixture(t *testing.T, o ftpserver.Options, change func(*Options)) *fixture {
	t.Helper()
	o.Root = t.TempDir()
	f := &fixture{disk: &disk{t, filepath.Join(o.Root, "site"), filepath.Join(o.Root, "site/.ferry")}, ftp: embedded(t, o)}
	f.server = locked(t, connect(t, f.ftp.Addr(), "site", change))
	return f
}

// suite runs the suite, or only the tests of these names, on sites below one server.
func suite(t *testing.T, addr, root string, change func(*Options), only ...string) {
	var sites atomic.Int32
	deploytest.Run(t, func(t *testing.T) (deploy.Server, deploytest.Hands) {
		name := "site " + strconv.Itoa(int(sites.Add(1)))
		srv := locked(t, connect(t, addr, name, change))
		d := &disk{t, filepath.Join(root, name), ""}
		d.work = filepath.Join(root, srv.work(""))
		return srv, d
	}, only...)
}
