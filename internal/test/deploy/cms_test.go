package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// What a case of the table below begins with: a release, and what no deploy put there.
var (
	cmsBase   = tree{"index.html": "start", "a.html": "a", "b.html": "b", "dir/c.html": "c", "dir/d.html": "d", "css/s.css": "s"}
	cmsOthers = tree{"uploads/u.jpg": "theirs", "css/comment.txt": "theirs", ".well-known/x": "theirs"}
)

// An edit is what somebody does to the site by hand: contents by path, "" for one that is
// deleted, and "/" for an empty directory.
type edit map[string]string

// A cmsCase is what somebody did to the site between two deploys. Its outcomes are by the rule
// for drift.
type cmsCase struct {
	name string
	hand edit
	next tree // against cmsBase; "" takes a file out
	// by is what comes of it: under the rules save, stop, keep and restore.
	by [4]cmsOutcome
}

// A cmsOutcome is the exit code, and what the site holds besides what is deployed and what is
// not managed. A refused deploy (6) changes nothing.
type cmsOutcome struct {
	code  int
	site  tree
	saved string // the version that must have been saved
}

var cmsRules = [4]string{"save", "stop", "keep", "restore"}

// same is one outcome for all rules.
func same(o cmsOutcome) [4]cmsOutcome { return [4]cmsOutcome{o, o, o, o} }

var refused = cmsOutcome{code: 6}

var cmsCases = []cmsCase{
	{"nobody did anything", nil, tree{"a.html": "A"}, same(cmsOutcome{})},
	{"a hotfix, and the source did not change it", edit{"b.html": "hotfix"}, tree{"a.html": "A"},
		[4]cmsOutcome{{0, tree{"b.html": "hotfix"}, ""}, refused, {5, tree{"b.html": "hotfix"}, ""}, {0, nil, "hotfix"}}},
	{"a hotfix, and the source changed it", edit{"a.html": "hotfix"}, tree{"a.html": "A"},
		[4]cmsOutcome{{0, nil, "hotfix"}, refused, {5, tree{"a.html": "hotfix"}, ""}, {0, nil, "hotfix"}}},
	{"a hotfix, and the source deleted it", edit{"a.html": "hotfix"}, tree{"a.html": ""},
		[4]cmsOutcome{{0, nil, "hotfix"}, refused, {5, tree{"a.html": "hotfix"}, ""}, {0, nil, "hotfix"}}},
	{"deleted by hand, and the source did not change it", edit{"b.html": ""}, tree{"a.html": "A"},
		[4]cmsOutcome{{0, tree{"b.html": ""}, ""}, refused, {5, tree{"b.html": ""}, ""}, {}}},
	{"deleted by hand, and the source changed it", edit{"a.html": ""}, tree{"a.html": "A"},
		[4]cmsOutcome{{}, refused, {5, tree{"a.html": ""}, ""}, {}}},
	{"deleted by hand, and the source deleted it", edit{"a.html": ""}, tree{"a.html": ""}, same(cmsOutcome{})},
	{"a directory deleted by hand, and the source changed a file in it", edit{"dir": ""}, tree{"dir/c.html": "C", "dir/d.html": "D"},
		[4]cmsOutcome{{}, refused, {5, tree{"dir/c.html": "", "dir/d.html": ""}, ""}, {}}},
	{"a file in the way of a new one", edit{"new.html": "theirs, too"}, tree{"new.html": "N"},
		[4]cmsOutcome{{0, nil, "theirs, too"}, refused, {5, tree{"new.html": "theirs, too"}, ""}, {0, nil, "theirs, too"}}},
	{"the same file is there already", edit{"new.html": "N"}, tree{"new.html": "N"}, same(cmsOutcome{})},
	{"a file where a directory must be", edit{"new": "theirs, too"}, tree{"new/x.html": "X"},
		[4]cmsOutcome{{0, nil, "theirs, too"}, refused, {5, tree{"new/x.html": "", "new": "theirs, too"}, ""}, {0, nil, "theirs, too"}}},
	{"an empty directory where a file must be", edit{"new.html": "/"}, tree{"new.html": "N"}, same(cmsOutcome{})},
	{"a directory with files where a file must be", edit{"new.html/f": "theirs, too"}, tree{"new.html": "N"}, same(refused)},
	{"a directory becomes a file, and holds something", edit{"dir/f": "theirs, too"}, tree{"dir/c.html": "", "dir/d.html": "", "dir": "D"}, same(refused)},
	{"a directory becomes a file", nil, tree{"dir/c.html": "", "dir/d.html": "", "dir": "D"}, same(cmsOutcome{})},
	{"a file becomes a directory", nil, tree{"a.html": "", "a.html/x": "X"}, same(cmsOutcome{})},
	{"a directory that goes holds something", edit{"dir/f": "theirs, too"}, tree{"dir/c.html": "", "dir/d.html": ""}, same(cmsOutcome{0, tree{"dir/f": "theirs, too"}, ""})},
	{"a file became a directory by hand", edit{"a.html": "", "a.html/f": "theirs, too"}, tree{"a.html": "A"}, same(refused)},
	{"names that are odd", nil, tree{"ä ö/ü.html": "1", "a'b.html": "2", "#x": "3", "-rf": "4", "'q' \"r\"": "5", "100%.html": "6", "日本": "7", "semi;colon": "8", " lead": "9", "$(id)": "10"}, same(cmsOutcome{})},
	{"names that differ in case only", nil, tree{"A.html": "upper", "Dir/c.html": "upper"}, same(cmsOutcome{})},
}

// do makes the edit. What is written is long past, so that no server takes it for unchanged.
func (e edit) do(s *site) {
	for name, content := range e {
		if content == "" {
			must(s, os.RemoveAll(filepath.Join(s.disk, name)))
		}
	}
	for name, content := range e {
		file := filepath.Join(s.disk, name)
		switch content {
		case "":
		case "/":
			must(s, os.MkdirAll(file, 0o755))
		default:
			s.write(name, content)
			past := time.Now().Add(-1000 * time.Hour)
			must(s, os.Chtimes(file, past, past))
		}
	}
	s.own()
}

// TestDrift deploys over what somebody else did. Nothing changes that no deploy put there, except
// that it is moved into the work directory where a file of the release must stand.
func TestDrift(t *testing.T) {
	for _, name := range append([]string{embedded}, realftp.Names()...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			s.put(cmsBase)
			for name, content := range cmsOthers {
				s.write(name, content)
			}
			before := takeSnapshot(t, s.disk)
			for i, c := range cmsCases {
				for k, rule := range cmsRules {
					if name != embedded && !all && (i+k)%4 != 0 {
						continue // a share of the table on each real server
					}
					t.Run(c.name+"/"+rule, func(t *testing.T) {
						run := *s
						run.TB = t
						run.drift(c, rule, c.by[k], before)
					})
				}
			}
		})
	}
}

func (s *site) drift(c cmsCase, rule string, want cmsOutcome, before *snapshot) {
	before.restore(s, s.own)
	c.hand.do(s)
	found := read(s, s.disk)
	replace(s, s.local, cmsBase.with(c.next))
	dry := s.deploy("--drift", rule, "--dry-run")
	wantTree(s, "after a dry run", s.disk, found)
	r := s.deploy("--drift", rule)
	if r.code != want.code {
		s.Errorf("exit code %d, want %d", r.code, want.code)
	}
	if dry.code != want.code && want.code != 5 {
		s.Errorf("exit code %d of a dry run, want %d\n%s", dry.code, want.code, dry.out)
	}
	if want.code == 6 {
		wantTree(s, "refused", s.disk, found)
	} else {
		wantTree(s, "deployed", s.disk, cmsBase.with(c.next).with(cmsOthers).with(want.site))
	}
	if want.saved != "" {
		s.wantSaved(c.name, want.saved)
	}
	if s.Failed() {
		s.Log(r.out)
	}
}

// TestFoldedNames deploys to a server that takes names for one that differ only in case.
func TestFoldedNames(t *testing.T) {
	root := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root, User: realftp.User, Password: realftp.Password, FoldCase: true})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	s := &site{TB: t, scheme: "ftp", addr: server.Addr(), name: "web", disk: root + "/web", local: t.TempDir() + "/public", own: func() {}}
	files := tree{"a.html": "a", "dir/b.html": "b"}
	s.put(files)
	s.write("Theirs.html", "theirs")
	for name, next := range map[string]tree{"two local files": {"a.html": "a", "A.html": "A"}, "another file's name": {"a.html": "a", "theirs.html": "mine"}} {
		replace(t, s.local, next)
		if r := s.deploy(); r.code != 6 {
			t.Errorf("%s: exit code %d\n%s", name, r.code, r.out)
		}
		wantTree(t, name, s.disk, files.with(tree{"Theirs.html": "theirs"}))
	}
	renamed := tree{"A.html": "a", "dir/b.html": "b"}
	s.put(renamed)
	if r := s.put(renamed); r.Changed {
		t.Errorf("another deploy did something\n%s", r.out)
	}
	got := read(t, s.disk)
	if got["A.html"]+got["a.html"] != "a" || got["Theirs.html"] != "theirs" {
		t.Errorf("a file was renamed in case only: %q", got)
	}
}

// TestFirst deploys onto a site that is there already.
func TestFirst(t *testing.T) {
	for _, name := range append([]string{embedded}, realftp.Names()...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, name)
			there := tree{"index.html": "start", "same-size.html": "other", "longer.html": "a longer one", "css/s.css": "s", "extra/x.jpg": "theirs"}
			next := tree{"index.html": "start", "same-size.html": "local", "longer.html": "short", "css/s.css": "s", "new.html": "new"}
			for rule, want := range map[string]struct {
				tree
				uploads int
			}{
				"compare":   {next.with(tree{"extra/x.jpg": "theirs"}), 3},
				"trust":     {next.with(tree{"extra/x.jpg": "theirs", "same-size.html": "other"}), 2},
				"overwrite": {next.with(tree{"extra/x.jpg": "theirs"}), 5},
			} {
				s := server.beside(t, rule)
				for name, content := range there {
					s.write(name, content)
				}
				r := s.put(next, "--first", rule)
				wantTree(t, rule, s.disk, want.tree)
				if r.Uploaded != want.uploads {
					t.Errorf("%s: %d files were sent, want %d\n%s", rule, r.Uploaded, want.uploads, r.out)
				}
				s.wantSaved(rule, "a longer one")
				if again := s.put(next); again.Changed {
					t.Errorf("%s: another deploy did something\n%s", rule, again.out)
				}
			}
		})
	}
}

// TestDeleteAfter keeps files for a day that the source does not have any more.
func TestDeleteAfter(t *testing.T) {
	s := start(t, embedded)
	s.args = append(s.args, "--delete-after", "24h")
	first := tree{"index.html": "1", "app-1.js": "one", "back.js": "comes back"}
	s.put(first)
	second := tree{"index.html": "2", "app-2.js": "two"}
	s.put(second)
	wantTree(t, "right after it", s.disk, first.with(second))
	s.later = 23 * time.Hour
	third := second.with(tree{"back.js": "comes back"})
	s.put(third)
	wantTree(t, "the same day", s.disk, first.with(third))
	s.later = 25 * time.Hour
	r := s.put(third)
	wantTree(t, "a day later", s.disk, third)
	if r.Deleted != 1 {
		t.Errorf("%d deleted\n%s", r.Deleted, r.out)
	}
	s.later = 100 * time.Hour
	if r := s.put(third); r.Changed {
		t.Errorf("another deploy did something\n%s", r.out)
	}
}

// TestRails stops deploys that would delete too much.
func TestRails(t *testing.T) {
	s := start(t, embedded)
	files := tree{"index.html": "start"}
	for i := range 30 {
		files[fmt.Sprintf("p%02d.html", i)] = "page"
	}
	s.put(files)
	for _, c := range []struct {
		name string
		next tree
		args []string
		code int
	}{
		{"an empty directory", tree{}, nil, 6},
		{"most files", tree{"index.html": "start"}, nil, 6},
		{"more than --max-delete", files.with(tree{"p00.html": "", "p01.html": "", "p02.html": ""}), []string{"--max-delete", "2"}, 6},
		{"no more than --max-delete", files.with(tree{"p00.html": "", "p01.html": ""}), []string{"--max-delete", "2"}, 0},
		{"most files, with --allow-deletes", tree{"index.html": "start"}, []string{"--allow-deletes"}, 0},
		{"all files, with --accept-empty", tree{}, []string{"--accept-empty"}, 0},
	} {
		before := read(t, s.disk)
		replace(t, s.local, c.next)
		if r := s.deploy(c.args...); r.code != c.code {
			t.Errorf("%s: exit code %d, want %d\n%s", c.name, r.code, c.code, r.out)
		}
		want := before
		if c.code == 0 {
			want = c.next
		}
		wantTree(t, c.name, s.disk, want)
	}
	must(t, os.RemoveAll(s.local))
	if r := s.deploy(); r.code == 0 {
		t.Errorf("without a local directory: exit code 0\n%s", r.out)
	}
}
