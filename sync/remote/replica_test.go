package remote_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/internal/realftp"
	"ferry/manifest"
	"ferry/sync/remote"
	"ferry/sync/replicatest"
)

// open opens the directory below of the server at addr, and closes it with the
// test.
func open(t testing.TB, addr, user, password, below string, change func(*remote.Options)) *remote.Directory {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := remote.Options{Host: host, User: user, Path: below, Connections: 3, Timeout: 10 * time.Second,
		Password: func() (string, error) { return password, nil }}
	if o.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&o)
	}
	d, err := remote.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// disk is a fixture whose other hands work on the directory that the server
// shows. own gives what they make to the server's user.
func disk(t *testing.T, dir string, own func() error) replicatest.Fixture {
	must := func(err error) {
		t.Helper()
		if err == nil && own != nil {
			err = own()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(path string) string { return dir + "/" + path }
	return replicatest.Fixture{
		Write: func(path, content string, mtime time.Time) {
			must(os.MkdirAll(filepath.Dir(at(path)), 0o755))
			must(os.WriteFile(at(path), []byte(content), 0o644))
			must(os.Chtimes(at(path), mtime, mtime))
		},
		Mkdir:  func(path string) { must(os.MkdirAll(at(path), 0o755)) },
		Remove: func(path string) { must(os.RemoveAll(at(path))) },
		Rename: func(from, to string) { must(os.Rename(at(from), at(to))) },
		Read: func(path string) (string, bool) {
			b, err := os.ReadFile(at(path))
			return string(b), err == nil
		},
		List: func() []string {
			var all []string
			err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
				if p == dir || err != nil {
					return err
				}
				name := strings.TrimPrefix(p, dir+"/")
				if e.IsDir() {
					name += "/"
				}
				all = append(all, name)
				return nil
			})
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			return all
		},
		Deny:      func(path string) { must(os.Chmod(at(path), 0)); t.Cleanup(func() { os.Chmod(at(path), 0o755) }) },
		Link:      func(path string) { must(os.MkdirAll(filepath.Dir(at(path)), 0o755)); must(os.Symlink(".", at(path))) },
		Precision: manifest.Second,
		SetsTimes: true,
		Resumes:   true,
	}
}

// The conformance suite over the embedded server, in the dialects that servers
// in the field have.
func TestConformanceEmbedded(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	for name, options := range map[string]ftpserver.Options{
		"MLSD":                  {},
		"MLSD with type=cdir":   {CdirInMLSD: true, Hash: true},
		"as vsftpd":             {NoMLSD: true, NoMFMT: true, MDTMSets: true, HideDots: true, Zone: zone},
		"LIST, times not set":   {NoMLSD: true, NoMFMT: true, NoDashA: true, Zone: zone},
		"as IIS":                {NoMLSD: true, NoMFMT: true, NoDashA: true, List: ftpserver.DOS, NoOverwrite: true},
		"no time but in LIST":   {NoMLSD: true, NoMFMT: true, NoMDTM: true, NoSIZE: true},
		"no renaming over":      {NoOverwrite: true},
		"no REST":               {NoREST: true},
		"active":                {NoPassive: true},
		"two sessions at most":  {MaxConnections: 2},
		"one session, explicit": {MaxConnections: 1, TLS: ftpserver.Explicit, ForceTLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			replicatest.Run(t, func(t *testing.T) replicatest.Fixture {
				o := options
				o.Root = t.TempDir()
				server, err := ftpserver.Start(o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { server.Close() })
				below := "some/where"
				f := disk(t, filepath.Join(o.Root, below), nil)
				f.Mkdir("")
				f.Deny, f.Link = nil, nil // root reads everything, and the library shows links as files
				f.SetsTimes = !o.NoMFMT || o.MDTMSets
				f.Resumes = !o.NoREST
				f.Sums = o.Hash
				if o.NoMDTM {
					f.Precision = manifest.Day
				}
				f.Refuses = func(name string) bool {
					return strings.HasSuffix(name, " ") // the library forgets the space in RETR and STOR
				}
				f.Replica = open(t, server.Addr(), "ferry", "secret", below, func(o *remote.Options) {
					o.Insecure = true
					if options.TLS != 0 {
						o.Security = remote.Explicit
					}
				})
				return f
			})
		})
	}
}

// The conformance suite over real servers.
func TestConformanceReal(t *testing.T) {
	type how struct {
		name string
		realftp.Options
		set    bool // times can be set
		links  bool // links are told from files
		noDeny bool
		ids    bool
		refuse func(string) bool
	}
	backslash := func(name string) bool { return strings.Contains(name, `\`) }
	for _, h := range []how{
		{name: "vsftpd", set: true, links: true},
		{name: "vsftpd", Options: realftp.Options{Zone: "America/New_York", LocalTime: true, NoMDTMWrite: true}, links: true},
		{name: "proftpd", set: true, links: true, ids: true},
		{name: "proftpd", Options: realftp.Options{NoOverwrite: true, NoMLSD: true, NoMFMT: true, Zone: "Asia/Kolkata", LocalTime: true}, links: true, ids: true},
		{name: "pureftpd", set: true, links: true, ids: true, refuse: backslash},
		{name: "pyftpdlib", set: true, ids: true},
		{name: "pyftpdlib", Options: realftp.Options{NoMLSD: true, NoMFMT: true}, links: true},
	} {
		title := h.name
		if h.Options.Zone != "" || h.NoMLSD {
			title += " without much"
		}
		t.Run(title, func(t *testing.T) {
			server := realftp.Start(t, h.name, h.Options)
			n := 0
			replicatest.Run(t, func(t *testing.T) replicatest.Fixture {
				n++
				below := "part " + strconv.Itoa(n)
				f := disk(t, filepath.Join(server.Root, below), server.Own)
				f.Mkdir("")
				f.SetsTimes, f.IDs, f.Refuses = h.set, h.ids, h.refuse
				if !h.links {
					f.Link = nil
				}
				f.Replica = open(t, server.Addr, realftp.User, realftp.Password, below, nil)
				return f
			})
		})
	}
}
