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

// hostileNames are names of files that a listing shows, and what the output must match.
var hostileNames = []struct{ name, says string }{
	{"..", `\.\.`},
	{"../escaped.txt", `is not a name`},
	{"../../escaped.txt", `is not a name`},
	{"/etc/passwd", `is not a name`},
	{"sub/escaped.txt", `is not a name`},
	{"nul\x00escaped.txt", `.`},
	{"carriage\rreturn", `.`},
	{"telnet\xffescaped.txt", `name not allowed`},
	{strings.Repeat("long", 1000), `.`},
}

// TestNames checks that names which lead outside, or which cannot be part of a command, do no harm in any form of listing:
// nothing outside the roots is touched, nothing inside is deleted, and the program says that it skipped something.
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
					server: ftpserver.Options{NoMLSD: list}, faults: alterListing("LISTING", sameDir, ftpserver.AppendLines(line)),
					wantExit: cli.ExitIncomplete, wantOutput: c.says,
				}.run(t)
			})
		}
	}
}

// A line end within a name makes two lines. If the second line cannot be read the directory is unknown. If it can be
// read, it shows a name that does not exist.
func TestNamesWithLineEnds(t *testing.T) {
	for name, line := range map[string]string{
		"unreadable": "Type=file;Size=7;Modify=20260101000000; line\r\nend",
		"readable":   "Type=file;Size=7;Modify=20260101000000; line\r\nType=file;Size=7;Modify=20260101000000; DELE same/a.txt",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row{faults: alterListing("LISTING", sameDir, ftpserver.AppendLines(line)), wantExit: cli.ExitIncomplete}.run(t)
		})
	}
}

// TestEscapeSequences checks that files with escape sequences in their names are downloaded, and that the sequences never
// reach a terminal. JSON, which is for programs, escapes the control characters of ASCII.
func TestEscapeSequences(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("such names cannot be made here")
	}
	t.Parallel()
	s := newScene(t, ftpserver.Options{})
	s.makeChanges()
	for i, name := range []string{"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "back\b\b\bspace", "\u202etxt.exe", "c1\u009b31m"} {
		s.must(os.WriteFile(filepath.Join(s.there, name), []byte(fmt.Sprint("escape ", i)), 0o644))
	}
	s.recordExpected()
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
	s.wantRecovery()
}

// TestManyEntries syncs a directory of 10,000 files, or with FERRY_FAULTS_ALL=1 of 100,000.
func TestManyEntries(t *testing.T) {
	n := 10_000
	if os.Getenv("FERRY_FAULTS_ALL") == "1" {
		n = 100_000
	}
	s := newScene(t, ftpserver.Options{})
	s.args = append(s.args, "--timeout", "30s") // the server is slow with so many files, and more so with the race detector
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
	s.wantNothingOutside()
}

// endlessDir is a file system in which the directory "loop" contains itself, at any depth.
type endlessDir struct {
	afero.Fs
	on *atomic.Bool
}

func (e endlessDir) real(name string) string {
	name = path.Clean("/" + name)
	for e.on.Load() && strings.Contains(name+"/", "/loop/loop/") {
		name = strings.TrimSuffix(strings.Replace(name+"/", "/loop/loop/", "/loop/", 1), "/")
	}
	return name
}

func (e endlessDir) Stat(name string) (os.FileInfo, error)  { return e.Fs.Stat(e.real(name)) }
func (e endlessDir) Open(name string) (afero.File, error)   { return e.Fs.Open(e.real(name)) }
func (e endlessDir) Remove(name string) error               { return e.Fs.Remove(e.real(name)) }
func (e endlessDir) Mkdir(name string, m os.FileMode) error { return e.Fs.Mkdir(e.real(name), m) }
func (e endlessDir) Rename(from, to string) error           { return e.Fs.Rename(e.real(from), e.real(to)) }
func (e endlessDir) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	return e.Fs.OpenFile(e.real(name), flag, mode)
}

// TestEndlessDepth checks that ferry stops in an endless chain of directories, as a loop of links shows it: at the
// greatest depth that a path can have. It says so, and the rest of the pass is carried out.
func TestEndlessDepth(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths are shorter on this system")
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
			s := newScene(t, ftpserver.Options{Files: endlessDir{afero.NewBasePathFs(afero.NewOsFs(), base), on}})
			s.must(os.Remove(s.there))
			s.must(os.Remove(filepath.Join(filepath.Dir(s.there), "outside.txt")))
			s.must(os.Remove(filepath.Dir(s.there)))
			s.must(os.Mkdir(filepath.Join(base, "tree"), 0o755))
			s.must(os.Symlink(base, filepath.Dir(s.there)))
			s.must(os.WriteFile(filepath.Join(base, "outside.txt"), []byte("outside"), 0o644))
			s.makeChanges()
			s.must(os.MkdirAll(filepath.Join(s.there, "loop", "loop"), 0o755))
			s.recordExpected()
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
			s.wantRecovery()
		})
	}
}
