package faults

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/afero"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// hostileNames are names that a listing shows, each of them a file, and what the output says of it.
var hostileNames = []struct{ name, says string }{
	{"..", `\.\.`},
	{"../escaped.txt", `can be no name`},
	{"../../escaped.txt", `can be no name`},
	{"/etc/passwd", `can be no name`},
	{"sub/escaped.txt", `can be no name`},
	{"nul\x00escaped.txt", `.`},
	{"carriage\rreturn", `.`},
	{"telnet\xffescaped.txt", `name not allowed`},
	{strings.Repeat("long", 1000), `.`},
}

// TestNames holds that names which lead outside, or which no command can hold, do no harm, whatever form the listing has:
// nothing outside the roots is touched, nothing in them is deleted, and the program says that something was left out.
func TestNames(t *testing.T) {
	for _, c := range hostileNames {
		for _, list := range []bool{false, true} {
			t.Run(fmt.Sprintf("%.20q/%v", c.name, list), func(t *testing.T) {
				t.Parallel()
				line := "Type=file;Size=7;Modify=20260101000000; " + c.name
				if list {
					line = "-rw-r--r--    1 ftp      ftp             7 Jan  1  2026 " + c.name
				}
				row{
					server: ftpserver.Options{NoMLSD: list}, faults: show("LISTING", same, ftpserver.AppendLines(line)),
					exit: cli.ExitIncomplete, says: c.says,
				}.run(t)
			})
		}
	}
}

// A line end within a name makes two lines of it, the second of which nobody can read: then the directory is unknown. One
// that reads as a line of its own is a name like any other, and is not there when asked for.
func TestNamesWithLineEnds(t *testing.T) {
	for name, line := range map[string]string{
		"unreadable": "Type=file;Size=7;Modify=20260101000000; line\r\nend",
		"readable":   "Type=file;Size=7;Modify=20260101000000; line\r\nType=file;Size=7;Modify=20260101000000; DELE same/a.txt",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row{faults: show("LISTING", same, ftpserver.AppendLines(line)), exit: cli.ExitIncomplete}.run(t)
		})
	}
}

// TestEscapeSequences holds that names which would take hold of a terminal come down as files, and reach no terminal as
// they are. In JSON, which is for programs, that goes for the control characters of ASCII.
func TestEscapeSequences(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("such names cannot be made here")
	}
	t.Parallel()
	s := newScene(t, ftpserver.Options{})
	s.populate()
	for i, name := range []string{"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "back\b\b\bspace", "\u202etxt.exe", "c1\u009b31m"} {
		s.must(os.WriteFile(filepath.Join(s.there, name), []byte(fmt.Sprint("escape ", i)), 0o644))
	}
	s.settle()
	asText := []string{"--json=false", "-v"}
	const ascii, all = "\x1b\x07\b", "\x1b\x07\b\u202e\u009b"
	for _, c := range []struct {
		args      []string
		forbidden string
	}{{append(asText, "--dry-run"), all}, {[]string{"--dry-run"}, ascii}, {asText, all}} {
		r := s.sync(c.args...)
		if r.exit != cli.ExitOK || !strings.Contains(r.out, "red") {
			t.Errorf("%s", r)
		}
		if i := strings.IndexAny(r.out, c.forbidden); i >= 0 {
			t.Errorf("with %q a control character reaches the terminal: %q", c.args, r.out[i:min(len(r.out), i+40)])
		}
	}
	s.wantFinal(result{})
	s.wantWell(false)
}

// TestManyEntries takes a directory of 100,000 files through its life.
func TestManyEntries(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 5000
	}
	s := newScene(t, ftpserver.Options{})
	s.args = append(s.args, "--timeout", "30s") // the server takes its time for so many, the more so with the race detector
	at := time.Now().Add(-48 * time.Hour)
	for _, root := range []string{s.here, s.there} {
		s.must(os.Mkdir(filepath.Join(root, "many"), 0o755))
		for i := range n {
			name := filepath.Join(root, "many", fmt.Sprint("file ", i))
			s.must(os.WriteFile(name, nil, 0o644))
			s.must(os.Chtimes(name, at, at))
		}
	}
	r := s.sync("--adopt")
	if r.exit != cli.ExitOK || r.Adopted < n || r.Uploaded+r.Downloaded+r.DeletedLocal+r.DeletedRemote > 0 {
		t.Fatalf("the first pass: %s", r)
	}
	t.Logf("first pass over %d files: %v", n, r.took)
	s.must(os.Remove(filepath.Join(s.there, "many", "file 7")))
	s.must(os.WriteFile(filepath.Join(s.there, "many", "file 8"), []byte("edited"), 0o644))
	s.server.Faults().Add(ftpserver.Fault{Command: "LISTING", Path: "/tree/many", Listing: ftpserver.FirstLines(n / 2), Times: 1})
	if r = s.sync(); r.exit != cli.ExitUnsafe && r.exit != cli.ExitIncomplete || r.DeletedLocal > 0 {
		t.Errorf("half of the listing: %.3000s", r)
	}
	r = s.sync()
	if r.exit != cli.ExitOK || r.Downloaded != 1 || r.DeletedLocal != 1 {
		t.Errorf("the pass after edits: %.3000s", r)
	}
	t.Logf("pass after edits: %v", r.took)
	if r = s.sync(); r.exit != cli.ExitOK || r.Downloaded+r.Uploaded+r.DeletedLocal+r.DeletedRemote+r.Adopted > 0 {
		t.Errorf("a pass at rest: %.3000s", r)
	}
	s.wantInside()
}

// endless is a file system in which the directory "loop" holds itself, as deep as anybody looks.
type endless struct {
	afero.Fs
	on *atomic.Bool
}

func (e endless) real(name string) string {
	name = path.Clean("/" + name)
	for e.on.Load() && strings.Contains(name+"/", "/loop/loop/") {
		name = strings.TrimSuffix(strings.Replace(name+"/", "/loop/loop/", "/loop/", 1), "/")
	}
	return name
}

func (e endless) Stat(name string) (os.FileInfo, error)  { return e.Fs.Stat(e.real(name)) }
func (e endless) Open(name string) (afero.File, error)   { return e.Fs.Open(e.real(name)) }
func (e endless) Remove(name string) error               { return e.Fs.Remove(e.real(name)) }
func (e endless) Mkdir(name string, m os.FileMode) error { return e.Fs.Mkdir(e.real(name), m) }
func (e endless) Rename(from, to string) error           { return e.Fs.Rename(e.real(from), e.real(to)) }
func (e endless) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	return e.Fs.OpenFile(e.real(name), flag, mode)
}

// TestEndlessDepth holds that a chain of directories without an end, as a loop of links shows it, has one: ferry goes
// down to what a path can hold, says so, and the rest of the pass comes about.
func TestEndlessDepth(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths end sooner here")
	}
	for _, c := range []struct {
		name  string
		lines func([]string) []string
		exit  int
	}{
		{"without identities", nil, cli.ExitIncomplete},
		{"with identities", func(lines []string) []string {
			for i, line := range lines {
				if strings.HasSuffix(line, " loop") {
					lines[i] = "Unique=7g1;" + line
				}
			}
			return lines
		}, cli.ExitOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base, on := t.TempDir(), &atomic.Bool{}
			s := newScene(t, ftpserver.Options{Files: endless{afero.NewBasePathFs(afero.NewOsFs(), base), on}})
			s.must(os.Remove(s.there))
			s.must(os.Remove(filepath.Join(filepath.Dir(s.there), "outside.txt")))
			s.must(os.Remove(filepath.Dir(s.there)))
			s.must(os.Mkdir(filepath.Join(base, "tree"), 0o755))
			s.must(os.Symlink(base, filepath.Dir(s.there)))
			s.must(os.WriteFile(filepath.Join(base, "outside.txt"), []byte("outside"), 0o644))
			s.populate()
			s.must(os.MkdirAll(filepath.Join(s.there, "loop", "loop"), 0o755))
			s.settle()
			on.Store(true)
			if c.lines != nil {
				s.server.Faults().Add(ftpserver.Fault{Command: "MLSD", Listing: c.lines})
			}
			before := [2]map[string]string{readAll(t, s.here), readAll(t, s.there)}
			r := s.sync()
			if r.exit != c.exit || c.exit != cli.ExitOK && !strings.Contains(r.out, "levels deep") {
				t.Errorf("exit %d, want %d, after %v: %+v\n%.2000s", r.exit, c.exit, r.took, r.Summary, r.out)
			}
			r.out = ""
			s.wantHarmless(before, r, "")
			deep := 0
			for name := range readAll(t, s.here) {
				deep = max(deep, strings.Count(name, "/"))
			}
			if deep > 512 {
				t.Errorf("%d directories deep", deep)
			}
			on.Store(false)
			s.server.Faults().Clear()
			s.wantWell(false)
		})
	}
}
