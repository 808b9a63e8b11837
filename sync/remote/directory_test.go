package remote

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

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync/replicatest"
)

// open opens the directory below of the server at addr, and closes it with the
// test.
func open(t testing.TB, addr, user, password, below string, change func(*Options)) *Directory {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Path: below, Options: ftp.Options{Host: host, User: user, Connections: 3, Timeout: 10 * time.Second,
		Password: func() (string, error) { return password, nil },
		Backoff:  func(int) time.Duration { return 0 }}}
	if o.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&o)
	}
	d, err := Open(t.Context(), o)
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
	for _, dialect := range []struct {
		name string
		ftpserver.Options
		pipeline ftp.Pipeline
	}{
		{"MLSD", ftpserver.Options{CdirInMLSD: true, Hash: true}, ftp.PipelineOn},
		{"MLSD, one command at a time", ftpserver.Options{CdirInMLSD: true, Hash: true}, ftp.PipelineOff},
		{"LIST and MDTM, one session", ftpserver.Options{NoMLSD: true, NoMFMT: true, MDTMSets: true, HideDots: true, Zone: zone, MaxConnections: 1}, ftp.PipelineOn},
		{"IIS, no REST, no renaming over", ftpserver.Options{NoMLSD: true, NoMFMT: true, NoDashA: true, List: ftpserver.DOS, NoOverwrite: true, NoREST: true}, ftp.PipelineOff},
		{"no time but in LIST", ftpserver.Options{NoMLSD: true, NoMFMT: true, NoMDTM: true, NoSIZE: true}, ftp.PipelineOn},
	} {
		options := dialect.Options
		t.Run(dialect.name, func(t *testing.T) {
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
					// The library forgets the last space in RETR and STOR, and takes the
					// name behind the first one of MDTM for a name of its own.
					return strings.HasSuffix(name, " ") || o.MDTMSets && strings.HasPrefix(name, " ")
				}
				f.Replica = open(t, server.Addr(), "ferry", "secret", below, func(o *Options) {
					o.Insecure, o.Pipeline = true, dialect.pipeline
					if options.TLS != 0 {
						o.Security = ftp.Explicit
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
		title, name string
		realftp.Options
		plain   bool // LIST and no way to set times
		links   bool // links are told from files
		resumes bool
		refuse  func(part, name string) bool
		single  bool // one command at a time
	}
	spacesAndBackslashes := func(part, name string) bool {
		return strings.HasSuffix(name, " ") || strings.Contains(name, `\`)
	}
	madeStars := func(part, name string) bool {
		return strings.Contains(name, "*") && strings.HasSuffix(part, "/created_by_a_step")
	}
	for _, h := range []how{
		{title: "vsftpd", name: "vsftpd", links: true, resumes: true},
		{title: "vsftpd in New York that sets no times", name: "vsftpd", plain: true, links: true, resumes: true,
			Options: realftp.Options{Zone: "America/New_York", LocalTime: true, NoMDTMWrite: true}},
		{title: "proftpd", name: "proftpd", links: true, resumes: true, refuse: madeStars},
		{title: "proftpd in Kolkata that replaces nothing", name: "proftpd", plain: true, refuse: madeStars,
			Options: realftp.Options{NoOverwrite: true, NoMLSD: true, NoMFMT: true, Zone: "Asia/Kolkata", LocalTime: true}},
		{title: "pure-ftpd", name: "pureftpd", links: true, resumes: true, refuse: spacesAndBackslashes},
		{title: "pyftpdlib", name: "pyftpdlib", resumes: true},
		{title: "vsftpd, one command at a time", name: "vsftpd", links: true, resumes: true, single: true},
		{title: "proftpd, one command at a time", name: "proftpd", links: true, resumes: true, refuse: madeStars, single: true},
		{title: "pure-ftpd, one command at a time", name: "pureftpd", links: true, resumes: true, refuse: spacesAndBackslashes, single: true},
		{title: "pyftpdlib, one command at a time", name: "pyftpdlib", resumes: true, single: true},
		{title: "pyftpdlib that sets no times", name: "pyftpdlib", plain: true, links: true, resumes: true,
			Options: realftp.Options{NoMLSD: true, NoMFMT: true}},
	} {
		t.Run(h.title, func(t *testing.T) {
			if h.single && os.Getenv("FERRY_CONFORMANCE_ALL") == "" {
				t.Skip("the same again, one command at a time; FERRY_CONFORMANCE_ALL=1 runs it")
			}
			t.Parallel()
			server := realftp.Start(t, h.name, h.Options)
			n := 0
			replicatest.Run(t, func(t *testing.T) replicatest.Fixture {
				n++
				below := "part " + strconv.Itoa(n)
				f := disk(t, filepath.Join(server.Root, below), server.Own)
				f.Mkdir("")
				f.SetsTimes, f.IDs, f.Resumes = !h.plain, !h.plain && h.name != "vsftpd", h.resumes
				if h.refuse != nil {
					f.Refuses = func(name string) bool { return h.refuse(t.Name(), name) }
				}
				if !h.links {
					f.Link = nil // pyftpdlib shows where they lead, and ProFTPD's LIST leaves out the one made here
				}
				if h.name == "vsftpd" && h.LocalTime && strings.HasSuffix(t.Name(), "/Scan/times") {
					t.Skip("this server tells local times, which the suite has no word for")
				}
				f.Replica = open(t, server.Addr, realftp.User, realftp.Password, below, func(o *Options) {
					if h.single {
						o.Pipeline = ftp.PipelineOff
					}
				})
				return f
			})
		})
	}
}
