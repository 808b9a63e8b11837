package deploy

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
)

// withModes returns what is below the site, with the modes of files.
func (s *site) withModes() tree {
	s.Helper()
	files := read(s, s.disk)
	for name, content := range files {
		if strings.HasSuffix(name, "/") {
			continue
		}
		info, err := os.Lstat(filepath.Join(s.disk, name))
		must(s, err)
		files[name] = fmt.Sprintf("%v %s", info.Mode(), content)
	}
	return files
}

// wantExactly checks contents and modes.
func (s *site) wantExactly(what string, want tree) {
	s.Helper()
	if diff := cmp.Diff(want, s.withModes()); diff != "" {
		s.Errorf("%s: the site is not as it was (-want +got):\n%s", what, diff)
	}
}

func (s *site) mode(name string, mode fs.FileMode) {
	s.Helper()
	must(s, os.Chmod(filepath.Join(s.disk, name), mode))
}

// rollback goes back from a machine that has never seen the site.
func (s *site) rollback(args ...string) outcome {
	s.Helper()
	return s.ferry(s.TempDir(), append([]string{"rollback", s.local, s.url()}, args...)...)
}

// TestRollback goes back over releases of all kinds of changes, byte for byte and with modes, and
// forward again.
func TestRollback(t *testing.T) {
	for _, name := range append([]string{embedded}, realftp.Names()...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			releases := []tree{
				{"index.html": "1", "a.html": "a", "dir/b.html": "b", "gone/deep/c.html": "c", "file": "a file", "tree/x": "in a tree"},
				{"index.html": "2, changed", "a.html": "a", "dir/b.html": "b changed", "new/d.html": "d", "file/x": "a directory now", "tree": "a file now"},
				{"index.html": "3", "a.html": "a third", "ä ö.html": "odd", "file": "a file again", "tree/x": "in a tree"},
				{"index.html": "4 and more", "only.html": "all else is gone"},
			}
			var was []tree
			for i, files := range releases {
				s.put(files, "--keep", "5", "--allow-deletes")
				if i == 0 {
					s.write("uploads/u.jpg", "theirs")
					s.mode("a.html", 0o600)
					if name != embedded {
						s.mode("index.html", 0o640)
					}
				}
				was = append(was, s.withModes())
			}
			back := func(what string, want tree, args ...string) {
				t.Helper()
				r := s.rollback(args...)
				if r.code != 0 {
					t.Fatalf("%s: exit code %d\n%s", what, r.code, r.out)
				}
				s.wantExactly(what, want)
			}
			back("back by one", was[2])
			back("back by another one", was[1])
			back("forward by two", was[3], "--to", "4")
			back("back by three", was[0], "--to", "1")
			if r := s.rollback(); r.code == 0 || r.code == 6 {
				t.Errorf("there is nothing before the first: exit code %d\n%s", r.code, r.out)
			}
			s.wantExactly("there is nothing before the first", was[0])
			s.put(releases[3], "--keep", "5", "--allow-deletes")
			wantTree(t, "deployed after going back", s.disk, releases[3].with(tree{"uploads/u.jpg": "theirs"}))
			back("back from that", was[0])
		})
	}
}

// TestRollbackRefused does nothing where there is nothing to go back to, or where somebody else
// has changed what would be replaced.
func TestRollbackRefused(t *testing.T) {
	s := start(t, embedded)
	if r := s.rollback(); r.code == 0 {
		t.Errorf("nothing was deployed: exit code 0\n%s", r.out)
	}
	first, second := tree{"index.html": "1", "a.html": "a"}, tree{"index.html": "the second"}
	s.put(first)
	s.put(second)
	if r := s.rollback(); r.code != 1 || !strings.Contains(r.out, "keep: 2") {
		t.Errorf("nothing is kept: exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "nothing is kept", s.disk, second)
	s.put(first, "--keep", "2")
	s.put(second, "--keep", "2")
	s.write("index.html", "a hotfix, which is long")
	if r := s.rollback(); r.code != 6 {
		t.Errorf("after a hotfix: exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "after a hotfix", s.disk, tree{"index.html": "a hotfix, which is long"})
	if r := s.rollback("--force"); r.code != 0 {
		t.Errorf("after a hotfix, with --force: exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "after a hotfix, with --force", s.disk, first)
	s.wantSaved("after a hotfix, with --force", "a hotfix, which is long")
}

// TestHeld refuses runs of CI that are not newer than the release that somebody went back from.
func TestHeld(t *testing.T) {
	s := start(t, embedded)
	s.args = append(s.args, "--keep", "3")
	for n := range 3 {
		s.put(tree{"index.html": fmt.Sprint("run ", n+1)}, "--sequence", strconv.Itoa(n+1))
	}
	s.args = nil
	if r := s.rollback(); r.code != 0 {
		t.Fatalf("exit code %d\n%s", r.code, r.out)
	}
	for _, c := range []struct {
		sequence, code int
		site           string
	}{{2, 9, "run 2"}, {3, 9, "run 2"}, {4, 0, "again"}, {4, 0, "again"}, {3, 9, "again"}} {
		replace(t, s.local, tree{"index.html": "again"})
		if r := s.deploy("--sequence", strconv.Itoa(c.sequence)); r.code != c.code {
			t.Errorf("run %d: exit code %d, want %d\n%s", c.sequence, r.code, c.code, r.out)
		}
		wantTree(t, fmt.Sprint("run ", c.sequence), s.disk, tree{"index.html": c.site})
	}
}

// TestTrimmed keeps no more than it is told to.
func TestTrimmed(t *testing.T) {
	s := start(t, embedded)
	for n := range 6 {
		s.put(tree{"index.html": fmt.Sprint("release ", n+1)}, "--keep", "2")
	}
	kept, err := os.ReadDir(filepath.Join(s.disk, ".ferry/d"))
	must(t, err)
	if len(kept) != 2 {
		t.Errorf("kept: %v", kept)
	}
	if r := s.rollback("--to", "4"); r.code != 0 {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}
	wantTree(t, "back to release 4", s.disk, tree{"index.html": "release 4"})
}

// TestModes holds that files keep their modes, and get those of the profile.
func TestModes(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			files := tree{"index.html": "1", "private.txt": "1", "run.cgi": "1", "left.txt": "1"}
			s.put(files)
			s.mode("private.txt", 0o600)
			s.mode("left.txt", 0o604)
			s.mode("run.cgi", 0o755)
			want := map[string]fs.FileMode{"private.txt": 0o600, "left.txt": 0o604, "run.cgi": 0o755}
			check := func(what string) {
				t.Helper()
				for name, mode := range want {
					info, err := os.Stat(filepath.Join(s.disk, name))
					must(t, err)
					if info.Mode().Perm() != mode {
						t.Errorf("%s: %s has the mode %v, want %v", what, name, info.Mode(), mode)
					}
				}
			}
			files = files.with(tree{"private.txt": "2", "run.cgi": "2", "index.html": "2"})
			s.put(files)
			check("replaced")
			replace(t, s.local, files.with(tree{"tool.sh": "new", "index.html": "3"}))
			must(t, os.Chmod(filepath.Join(s.local, "tool.sh"), 0o755))
			want["tool.sh"] = 0o755
			if r := s.deploy(); r.code != 0 {
				t.Fatalf("exit code %d\n%s", r.code, r.out)
			}
			check("a new file that is executable")
			must(t, os.Chmod(filepath.Join(s.local, "index.html"), 0o755))
			want["index.html"] = 0o755
			if r := s.deploy(); r.code != 0 || r.Uploaded != 0 {
				t.Fatalf("exit code %d, %d uploaded\n%s", r.code, r.Uploaded, r.out)
			}
			check("only its mode has changed")
		})
	}
}

// TestModesRefused deploys to a server that refuses to set modes: the files are deployed all the same.
func TestModesRefused(t *testing.T) {
	s := startWith(t, "proftpd", realftp.Options{Extra: []string{"<Limit SITE_CHMOD>", "DenyAll", "</Limit>"}})
	s.put(tree{"a.txt": "1", "b.txt": "1"})
	s.mode("a.txt", 0o600)
	s.mode("b.txt", 0o600)
	next := tree{"a.txt": "2", "b.txt": "2"}
	s.put(next)
	wantTree(t, "deployed", s.disk, next)
	if r := s.put(next); r.Changed {
		t.Errorf("another deploy did something\n%s", r.out)
	}
}
