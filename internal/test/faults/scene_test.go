package faults

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// runTimeout is the longest time of one run of the program, whatever the server does.
const runTimeout = 60 * time.Second

// A scene is a pair that was in sync and changed on both sides since, and a server that is about to misbehave.
type scene struct {
	*testing.T
	dir      string // holds all the others, and nothing else
	here     string // the local root
	there    string // the root on the server, where it lies on disk
	server   *ftpserver.Server
	scheme   string
	command  string // of the program; "" for sync
	args     []string
	noTrash  bool
	more     map[string]string          // files beside those of base that both sides hold before the changes
	change   func()                     // what users change beside the files of base; may be nil
	final    map[string]string          // both trees when all is done
	versions map[string]map[string]bool // all contents that users gave a path
}

// base is what both sides hold before the changes.
var base = map[string]string{
	"same/a.txt": "a", "same/b.txt": "bb", "same/c.txt": "ccc", "same/d.txt": "dddd", "same/deep/e.txt": "eeeee",
	"same/.hidden": "dotfile", "same/big.bin": strings.Repeat("big", 30_000),
	"up.bin": "old up", "down.bin": "old down",
	"gone-here.txt": "deleted here", "gone-there.txt": "deleted there",
	"dir-here/x.txt": "x", "dir-there/y.txt": "y",
	"move-here.txt": "moved here",
}

// longContent returns content that takes many packets.
func longContent(text string) string { return strings.Repeat(text+" ", 200_000/(len(text)+1)) }

func newScene(t *testing.T, o ftpserver.Options, args ...string) *scene {
	t.Helper()
	dir := t.TempDir()
	s := &scene{T: t, dir: dir, here: filepath.Join(dir, "here"), there: filepath.Join(dir, "served", "tree"), scheme: "ftp"}
	s.args = append([]string{"--timeout", "2s", "--retries", "1", "--json"}, args...)
	if o.Files == nil {
		o.Root = filepath.Dir(s.there)
	}
	for _, made := range []string{s.here, s.there} {
		s.must(os.MkdirAll(made, 0o755))
	}
	for _, fenced := range []string{dir, filepath.Dir(s.there)} {
		s.must(os.WriteFile(filepath.Join(fenced, "outside.txt"), []byte("outside"), 0o644))
	}
	var err error
	s.server, err = ftpserver.Start(o)
	s.must(err)
	t.Cleanup(func() { s.server.Close() })
	switch o.TLS {
	case ftpserver.Explicit:
		s.scheme = "ftpes"
	case ftpserver.Implicit:
		s.scheme = "ftps"
	}
	return s
}

// makeChanges syncs both sides and then changes files on both.
func (s *scene) makeChanges() {
	s.Helper()
	s.firstPass()
	s.changeBoth()
}

// firstPass uploads all files for the first time.
func (s *scene) firstPass() {
	s.Helper()
	write(s.T, s.here, s.before())
	if r := s.sync(); r.exit != cli.ExitOK || r.Uploaded != len(s.before()) {
		s.Fatalf("the first pass: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
	}
}

// before returns what both sides hold before the changes.
func (s *scene) before() map[string]string {
	all := maps.Clone(base)
	maps.Copy(all, s.more)
	return all
}

// changeBoth changes files on both sides.
func (s *scene) changeBoth() {
	s.Helper()
	write(s.T, s.here, map[string]string{"up.bin": longContent("edited here"), "new/local.txt": "made here"})
	write(s.T, s.there, map[string]string{"down.bin": longContent("edited there"), "new/remote.txt": "made there"})
	s.must(os.MkdirAll(filepath.Join(s.here, "moved"), 0o755))
	s.must(os.Rename(filepath.Join(s.here, "move-here.txt"), filepath.Join(s.here, "moved", "here.txt")))
	for _, gone := range []string{"here/gone-here.txt", "here/dir-here", "served/tree/gone-there.txt", "served/tree/dir-there"} {
		s.must(os.RemoveAll(filepath.Join(s.dir, gone)))
	}
	if s.change != nil {
		s.change()
	}
	s.recordExpected()
}

// recordExpected records what both sides hold now, and what they must hold in the end. No path was changed on both sides.
func (s *scene) recordExpected() {
	s.Helper()
	here, there := read(s.T, s.here), read(s.T, s.there)
	s.versions = make(map[string]map[string]bool)
	for _, tree := range []map[string]string{s.before(), here, there} {
		for name, content := range tree {
			if s.versions[name] == nil {
				s.versions[name] = make(map[string]bool)
			}
			s.versions[name][content] = true
		}
	}
	s.final = make(map[string]string)
	before := s.before()
	for name := range s.versions {
		was, known := before[name]
		content, isHere := here[name]
		other, isThere := there[name]
		switch {
		case isHere && isThere && content == was:
			s.final[name] = other
		case isHere && (isThere || !known):
			s.final[name] = content
		case isThere && !known:
			s.final[name] = other
		}
	}
}

// A result is the output and the exit code of a run of the program.
type result struct {
	sync.Summary
	exit int
	out  string
	took time.Duration
}

func (r result) String() string {
	return fmt.Sprintf("exit %d after %v: %+v\n%s", r.exit, r.took.Round(time.Millisecond), r.Summary, r.out)
}

// sync runs "ferry sync" over the pair.
func (s *scene) sync(more ...string) result {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runTimeout)
	defer cancel()
	var out, talk bytes.Buffer
	args := slices.Concat([]string{s.verb(), s.here, fmt.Sprintf("%s://ferry@%s/tree", s.scheme, s.server.Addr())}, s.args, more)
	begin := time.Now()
	r := result{exit: cli.Main(ctx, s.env(&out, &talk), args), took: time.Since(begin)}
	r.out = out.String() + talk.String()
	for lines := bufio.NewScanner(&out); !slices.Contains(more, "--json=false") && lines.Scan(); {
		var line struct {
			Type string
			sync.Summary
		}
		s.must(json.Unmarshal(lines.Bytes(), &line))
		if line.Type == "summary" {
			r.Summary = line.Summary
		}
	}
	if ctx.Err() != nil {
		s.Fatalf("still running after %v: %s", runTimeout, r)
	}
	s.noSessions()
	return r
}

// env returns the surroundings of the program: its directories lie in those of the scene.
func (s *scene) env(out, talk io.Writer) cli.Env {
	return cli.Env{Stdout: out, Stderr: talk, Dir: s.dir, Home: s.dir, Getenv: func(name string) string {
		return map[string]string{"FERRY_PASSWORD": "secret", "FERRY_STATE_DIR": filepath.Join(s.dir, "state")}[name]
	}}
}

func (s *scene) verb() string {
	if s.command == "" {
		return "sync"
	}
	return s.command
}

// noSessions checks that the program closed all its sessions.
func (s *scene) noSessions() {
	s.Helper()
	for end := time.Now().Add(5 * time.Second); s.server.Connections() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("%d sessions are left", s.server.Connections())
		}
	}
}

// wantHarmless checks that a pass over a misbehaving server did no harm. before is what both roots held before the pass,
// including ferry's own directories.
//
// away is a path that the server renamed to the trash and did not let ferry rename back, so it may be missing.
func (s *scene) wantHarmless(before [2]map[string]string, r result, away string) {
	s.Helper()
	here, there := readAll(s.T, s.here), readAll(s.T, s.there)
	kept := make(map[string]bool)
	for _, tree := range []map[string]string{here, there} {
		for _, content := range tree {
			kept[content] = true
		}
	}
	for side, root := range map[string]map[string]string{"here": before[0], "there": before[1]} {
		now := here
		if side == "there" {
			now = there
		}
		for name, content := range root {
			if manifest.Path(name).HasOwn() || isTemp(name) {
				continue
			}
			if !kept[content] && (!s.noTrash || s.final[name] == content) {
				s.Errorf("the %s version of %s is lost", side, name)
			}
			if _, is := now[name]; !is && s.final[name] != "" && (side != "there" || name != away) {
				s.Errorf("%s was deleted %s", name, side)
			}
		}
		for name, content := range now {
			if !manifest.Path(name).HasOwn() && !isTemp(name) && content != "/" && !s.versions[name][content] {
				s.Errorf("%s %s has %d bytes that no user wrote", name, side, len(content))
			}
		}
	}
	s.wantNothingOutside()
	if s.Failed() {
		s.Logf("the pass: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
	}
}

// wantNothingOutside checks that nothing outside the two roots was touched.
func (s *scene) wantNothingOutside() {
	s.Helper()
	for _, fenced := range []string{s.dir, filepath.Dir(s.there)} {
		var names []string
		entries, err := os.ReadDir(fenced)
		s.must(err)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		want := []string{"here", "outside.txt", "served", "state"}
		if fenced != s.dir {
			want = []string{"outside.txt", "tree"}
		}
		if diff := cmp.Diff(want, names); diff != "" {
			s.Errorf("outside the root (-want +got):\n%s", diff)
		}
		if text, err := os.ReadFile(filepath.Join(fenced, "outside.txt")); err != nil || string(text) != "outside" {
			s.Errorf("outside.txt holds %q, %v", text, err)
		}
	}
}

// wantFinal checks that both trees are as they must be in the end.
func (s *scene) wantFinal(r result) {
	s.Helper()
	for side, root := range map[string]string{"here": s.here, "there": s.there} {
		if diff := cmp.Diff(s.final, read(s.T, root), shorten); diff != "" {
			s.Errorf("%s (-want +got):\n%s\n%s", side, diff, r)
		}
	}
}

// wantNoTemps checks that neither side has temporary files.
func (s *scene) wantNoTemps() {
	s.Helper()
	for _, root := range []string{s.here, s.there} {
		for name := range readAll(s.T, root) {
			if isTemp(name) {
				s.Errorf("temporary file left: %s", filepath.Join(root, name))
			}
		}
	}
}

// wantRecovery checks that the next pass finishes the work, leaves nothing half-written, and that
// the one after it has nothing to do.
func (s *scene) wantRecovery() {
	s.Helper()
	s.server.ClearTranscript()
	r := s.sync()
	if r.exit != cli.ExitOK {
		s.Fatalf("the pass that finishes the work: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
	}
	s.wantFinal(r)
	s.wantNoTemps()
	s.wantQuiet()
	s.wantNothingOutside()
}

// wantQuiet checks that a pass has nothing to do.
func (s *scene) wantQuiet() {
	s.Helper()
	s.server.ClearTranscript()
	r := s.sync()
	r.Seconds = 0
	if r.exit != cli.ExitOK || r.Summary != (sync.Summary{}) {
		s.Errorf("a pass at rest: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
	}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// shorten keeps differences between long files readable.
var shorten = cmp.Transformer("shorten", func(content string) string {
	if len(content) < 60 {
		return content
	}
	return fmt.Sprintf("%.20q and so on, %d bytes", content, len(content))
})

func isTemp(name string) bool {
	_, temp := manifest.TempMark(filepath.Base(name))
	return temp
}

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns the files below root by path, without ferry's own files. It leaves directories out, because losing an
// empty one does not matter.
func read(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := readAll(t, root)
	for name, content := range tree {
		if content == "/" || isTemp(name) || manifest.Path(name).HasOwn() {
			delete(tree, name)
		}
	}
	return tree
}

// readAll returns all files below root by path, "/" for directories.
func readAll(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || d.IsDir() {
			tree[filepath.ToSlash(name)] = "/"
			return err
		}
		content, err := os.ReadFile(path)
		tree[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
