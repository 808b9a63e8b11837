package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
)

// A switched is a site that a profile switches as a whole.
type switched struct {
	*site
	config string
}

// switchedSite makes a site with uploads on a server, and a profile that shares them.
func switchedSite(t testing.TB, server string, keys ...string) *switched {
	s := &switched{start(t, server), filepath.Join(t.TempDir(), "ferry.yaml")}
	s.write("uploads/u.jpg", "theirs")
	s.profile(append([]string{"switch: directory", "shared: [uploads]"}, keys...)...)
	return s
}

// profile writes the profile.
func (s *switched) profile(keys ...string) {
	s.Helper()
	text := fmt.Sprintf("profiles:\n  site:\n    local: %s\n    remote: %s\n    deploy: {%s}\n", s.local, s.url(), strings.Join(keys, ", "))
	must(s, os.WriteFile(s.config, []byte(text), 0o600))
}

// run runs a command on the profile, from a machine that has never seen the site.
func (s *switched) run(command string, args ...string) outcome {
	s.Helper()
	return s.ferry(s.TempDir(), append([]string{command, "--config", s.config, "site"}, args...)...)
}

// put deploys a tree.
func (s *switched) put(files tree, args ...string) outcome {
	s.Helper()
	replace(s, s.local, files)
	r := s.run("deploy", append(args, "--allow-deletes")...)
	if r.code != 0 {
		s.Fatalf("exit code %d of a deploy\n%s", r.code, r.out)
	}
	s.wantLive("deployed", files)
	return r
}

func (s *switched) wantLive(what string, files tree) {
	s.Helper()
	wantTree(s, what, s.disk, files.with(tree{"uploads/u.jpg": "theirs"}))
}

// work returns a path in the work directory.
func (s *switched) work(name string) string {
	return filepath.Join(filepath.Dir(s.disk), ".ferry-"+s.name, name)
}

var wholeReleases = []tree{
	{"index.html": "release=1 ", "css/a.css": "release=1 ", "gone/deep/c.html": "c", "file": "a file", "tree/x": "in a tree"},
	{"index.html": "release=2 ", "css/a.css": "release=2 ", "new/d.html": "d", "file/x": "a directory now", "tree": "a file now"},
	{"index.html": "release=3 ", "css/a.css": "release=3 ", "ä ö.html": "odd", "file": "a file again", "tree/x": "in a tree"},
	{"index.html": "release=4 ", "css/a.css": "release=4 "},
}

// TestSwitchDirectory deploys and goes back while a visitor looks: each release is there as a whole,
// with the modes that somebody has set.
func TestSwitchDirectory(t *testing.T) {
	servers := realftp.Names()
	if !all {
		one := today(len(servers))
		servers = servers[one : one+1]
	}
	for _, name := range append([]string{embedded, "pureftpd+tls"}, servers...) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := switchedSite(t, name, "keep: 2")
			must(t, os.Chmod(s.disk, 0o755))
			v := visitWhole(t, s.disk)
			var was []tree
			for i, files := range wholeReleases {
				r := s.put(files)
				if r.Release != i+1 || !r.Changed {
					t.Errorf("%+v", r.summary)
				}
				if again := s.put(files); again.Changed || again.Release != i+1 {
					t.Errorf("again: %+v", again.summary)
				}
				if i == 1 && name != embedded {
					s.mode("css/a.css", 0o600)
					s.mode("css", 0o750)
				}
				was = append(was, s.withModes())
			}
			if info, err := os.Stat(filepath.Join(s.disk, "css")); err != nil || name != embedded && info.Mode().Perm() != 0o750 {
				t.Errorf("css: %v, %v", info.Mode(), err)
			}
			for _, c := range []struct {
				args []string
				want int
			}{{nil, 3}, {nil, 2}, {[]string{"--to", "4"}, 4}, {[]string{"--to", "2"}, 2}} {
				if r := s.run("rollback", c.args...); r.code != 0 {
					t.Fatalf("%v: exit code %d\n%s", c, r.code, r.out)
				}
				s.wantExactly(fmt.Sprint("back to ", c.want), was[c.want-1])
			}
			v.end()
			if r := s.run("rollback", "--to", "99"); r.code != 1 || !strings.Contains(r.out, "not kept") {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
			s.put(wholeReleases[0])
			if r := s.run("releases"); r.code != 0 || strings.Count(r.out, `"state":"live"`) != 1 {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
		})
	}
}

// A wholeVisitor opens the site again and again, and reads two files in what it has opened.
type wholeVisitor struct {
	t      testing.TB
	dir    string
	stop   chan struct{}
	done   sync.WaitGroup
	looks  int
	missed int           // times that the site was not there
	most   time.Duration // the longest of them
	mixed  string
}

func visitWhole(t testing.TB, dir string) *wholeVisitor {
	v := &wholeVisitor{t: t, dir: dir, stop: make(chan struct{})}
	v.done.Go(func() {
		for {
			select {
			case <-v.stop:
				return
			case <-time.After(200 * time.Microsecond):
				v.look()
			}
		}
	})
	return v
}

func (v *wholeVisitor) look() {
	v.looks++
	began := time.Now()
	root, err := os.OpenRoot(v.dir)
	if errors.Is(err, fs.ErrNotExist) {
		for errors.Is(err, fs.ErrNotExist) && time.Since(began) < 10*time.Second {
			root, err = os.OpenRoot(v.dir)
		}
		v.missed++
		v.most = max(v.most, time.Since(began))
	}
	if err != nil {
		v.mixed = err.Error()
		return
	}
	defer root.Close()
	page, err := root.ReadFile("index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return // nothing is deployed yet
	}
	style, styleErr := root.ReadFile("css/a.css")
	if err != nil || styleErr != nil || string(page) != string(style) {
		v.mixed = fmt.Sprintf("%q, %v; %q, %v", page, err, style, styleErr)
	}
}

func (v *wholeVisitor) end() {
	close(v.stop)
	v.done.Wait()
	v.t.Logf("looked %d times; the site was missing %d times, for %v at most", v.looks, v.missed, v.most)
	if v.mixed != "" {
		v.t.Errorf("the site was not whole: %s", v.mixed)
	}
}

// TestSwitchKilled kills a deploy after a command and lets another machine go on.
func TestSwitchKilled(t *testing.T) {
	servers := []string{"proftpd", "vsftpd", "pureftpd+tls"}
	if all {
		servers = append(servers, "pureftpd", "pyftpdlib", "proftpd+tls")
	}
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			s := switchedSite(t, server)
			direct := s.addr
			proxy := newProxy(t, s.addr, s.scheme == "ftpes")
			local := filepath.Join(t.TempDir(), "other")
			through := *s.site
			through.addr = proxy.addr
			killer := &switched{&through, filepath.Join(t.TempDir(), "ferry.yaml")}
			killer.local = local
			killer.profile("switch: directory", "shared: [uploads]")
			s.put(wholeReleases[0])
			s.put(wholeReleases[1])
			step := every(87)
			if s.scheme == "ftpes" {
				step = every(37) // a write is one record
			}
			killed := 0
			for at := 1 + today(step); !t.Failed(); at += step {
				from, to := wholeReleases[(at/step)%2], wholeReleases[2+(at/step)%2]
				s.put(from)
				replace(t, local, to)
				p := killer.process("deploy", "--config", killer.config, "site", "--allow-deletes")
				proxy.arm(at, false, func() {
					p.signal(os.Kill)
					proxy.kill()
				})
				p.start(t)
				r := p.outcome(t)
				_, struck, last := proxy.end()
				if !struck {
					if r.code != 0 {
						t.Errorf("a deploy that nobody killed: exit code %d\n%s", r.code, r.out)
					}
					break
				}
				killed++
				what := fmt.Sprintf("killed after command %d, %q", at, last)
				s.addr = direct
				if strings.Contains(last, "/web") && (strings.HasPrefix(last, "RNFR") || strings.HasPrefix(last, "RNTO")) {
					time.Sleep(50 * time.Millisecond) // the proxy has cut the write that switches: the site may be missing
				} else {
					s.quiet(what, from, to)
				}
				must(t, os.RemoveAll(s.work("lock")))
				s.put(to)
			}
			t.Logf("killed %d times", killed)
			if killed == 0 {
				t.Error("nothing was killed")
			}
		})
	}
}

// quiet waits until the server has carried out what a killed run has sent, and checks that one
// of two releases is live.
func (s *switched) quiet(what string, releases ...tree) {
	s.Helper()
	var got tree
	for range 100 {
		if _, err := os.Stat(s.disk); err == nil {
			if _, err := os.Stat(filepath.Join(s.disk, "uploads/u.jpg")); err == nil {
				got = read(s, s.disk)
				break
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !slices.ContainsFunc(releases, func(files tree) bool { return cmp.Equal(files.with(tree{"uploads/u.jpg": "theirs"}), got) }) {
		s.Errorf("%s: no release is live: %v", what, got)
	}
}

// TestSwitchTogether starts two deploys at the same time: one after the other goes live.
func TestSwitchTogether(t *testing.T) {
	s := switchedSite(t, "proftpd")
	s.put(wholeReleases[0])
	var running sync.WaitGroup
	for i := range 2 {
		other := *s.site
		other.local = filepath.Join(t.TempDir(), "public")
		o := &switched{&other, filepath.Join(t.TempDir(), "ferry.yaml")}
		o.profile("switch: directory", "shared: [uploads]")
		replace(t, o.local, wholeReleases[1+i])
		running.Go(func() {
			if r := o.run("deploy", "--allow-deletes", "--wait", "2m"); r.code != 0 {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
		})
	}
	running.Wait()
	s.quiet("two at once", wholeReleases[1], wholeReleases[2])
}

// TestSwitchRefused does nothing where a site cannot be switched.
func TestSwitchRefused(t *testing.T) {
	s := switchedSite(t, "vsftpd")
	s.put(wholeReleases[0])
	live := wholeReleases[0]
	refused := func(what string, code int, words ...string) {
		t.Helper()
		replace(t, s.local, wholeReleases[1])
		r := s.run("deploy", "--allow-deletes")
		if r.code != code || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(r.out, w) }) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", what, r.code, code, words, r.out)
		}
		s.wantLive(what, live)
	}
	usual := []string{"switch: directory", "shared: [uploads]"}
	s.profile("switch: directory", "shared: [uploads, cache]")
	refused("what is shared is missing", 6, "cache")
	s.profile("switch: directory")
	refused("what is not shared", 6, "uploads")
	s.profile(append(usual, "drift: stop")...)
	s.write("index.html", "a hotfix")
	live = live.with(tree{"index.html": "a hotfix"})
	refused("a hotfix", 6, "index.html")
	name := s.name
	s.name = ""
	s.profile(usual...)
	s.name = name
	refused("the root", 2, "login")
	s.profile(usual...)
	must(t, os.RemoveAll(s.work("")))
	parent := filepath.Dir(s.disk)
	info, err := os.Stat(parent)
	must(t, err)
	must(t, os.Chmod(parent, 0o555))
	defer os.Chmod(parent, info.Mode())
	refused("the parent cannot be written", 1, "switch: files")
}
