package deploy

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/bench/wan"
	"ferry/internal/test/realftp"
)

// A visitor looks at all pages of a site again and again while it is deployed to.
type visitor struct {
	t          *testing.T
	dir        string
	pages      int
	keeps      bool // old versions are moved away right before new ones take their place
	stop       chan struct{}
	done       sync.WaitGroup
	looks      int
	mixed      time.Duration
	half, gone map[string]string
}

const endOfPage = "</html>\n"

// releaseOf returns the site of a release: pages that need a script whose name changes with each
// release and a style that is replaced in place.
func releaseOf(release, pages int) tree {
	files := tree{
		fmt.Sprintf("assets/app-%d.js", release): fmt.Sprint("script of ", release),
		"index.html":                             page(release),
	}
	for i := range pages {
		files[fmt.Sprintf("p/%03d.html", i)] = page(release)
	}
	for i := range pages / 5 {
		files[fmt.Sprintf("css/%02d.css", i)] = fmt.Sprintf("release=%d", release)
	}
	return files
}

func page(release int) string {
	return fmt.Sprintf("<html>release=%d %s%s", release, strings.Repeat("text ", 300), endOfPage)
}

func (v *visitor) run() {
	v.half, v.gone, v.stop = map[string]string{}, map[string]string{}, make(chan struct{})
	v.done.Go(func() {
		last := time.Now()
		for {
			mixed := v.look()
			now := time.Now()
			if mixed {
				v.mixed += now.Sub(last)
			}
			last = now
			v.looks++
			select {
			case <-v.stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
}

// look reads all pages and reports whether those of two releases are there.
func (v *visitor) look() (mixed bool) {
	seen := map[string]bool{}
	for i := range v.pages {
		name := fmt.Sprintf("p/%03d.html", i)
		release, content, there := v.read(name)
		if !there {
			if !v.keeps {
				v.gone[name] = "it is missing"
			}
			continue
		}
		if !strings.HasSuffix(content, endOfPage) {
			v.half[name] = shorten(content)
			continue
		}
		seen[release] = true
		if _, _, is := v.read("assets/app-" + release + ".js"); !is {
			if again, _, _ := v.read(name); again == release {
				v.gone[name] = "its script is missing: " + release
			}
		}
	}
	for i := range v.pages / 5 {
		release, _, there := v.read(fmt.Sprintf("css/%02d.css", i))
		switch {
		case there:
			seen[release] = true
		case !v.keeps:
			v.gone["css"] = "it is missing"
		}
	}
	return len(seen) > 1
}

func (v *visitor) read(name string) (release, content string, there bool) {
	data, err := os.ReadFile(filepath.Join(v.dir, name))
	_, rest, _ := strings.Cut(string(data), "release=")
	release, _, _ = strings.Cut(rest, " ")
	return release, string(data), err == nil
}

func (v *visitor) end(what string, most time.Duration) {
	close(v.stop)
	v.done.Wait()
	v.t.Logf("%s: looked %d times, mixed for %v", what, v.looks, v.mixed.Round(time.Millisecond))
	if len(v.half)+len(v.gone) > 0 {
		v.t.Errorf("%s: half a page: %v; missing: %v", what, v.half, v.gone)
	}
	if v.mixed > most {
		v.t.Errorf("%s: mixed for %v, want at most %v", what, v.mixed, most)
	}
}

// serverVariable names a server for [TestServer].
const serverVariable = "FERRY_DEPLOY_SERVER"

// TestServer runs a server for another test until its standard input ends: all threads of this
// process are in the network namespace of the server.
func TestServer(t *testing.T) {
	name := os.Getenv(serverVariable)
	if name == "" {
		t.Skip("it is part of TestVisitor")
	}
	s := startWith(t, name, realftp.Options{Host: wan.ServerAddress})
	fmt.Printf("%s %s\n", s.addr, s.disk)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startBehind starts a server at the far end of a link.
func startBehind(t *testing.T, link *wan.Link, name string) *site {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self, "-test.run", "^TestServer$")
	cmd.Env = append(os.Environ(), serverVariable+"="+name)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, link.InServer(cmd.Start))
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	addr, disk, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || !strings.Contains(addr, ":") {
		t.Skipf("NOT TESTED: a visitor of %s: it was not started: %s", name, line)
	}
	go io.Copy(io.Discard, stdout)
	return &site{TB: t, scheme: "ftp", addr: addr, name: "web", disk: disk, local: filepath.Join(t.TempDir(), "public"), own: func() {}}
}

// TestVisitor deploys over a link with a round trip of 30 ms, while somebody looks at the site all
// the time.
func TestVisitor(t *testing.T) {
	servers := []string{"proftpd", "pureftpd"}
	if all {
		servers = realftp.Names()
	}
	const pages = 120
	for i, name := range servers {
		for j, keep := range []string{"0", "2"} {
			if !all && (i+j)%2 != time.Now().YearDay()%2 {
				continue
			}
			t.Run(name+"/keep "+keep, func(t *testing.T) {
				link, err := wan.Open(wan.Options{RoundTrip: 30 * time.Millisecond})
				if err != nil {
					t.Skipf("NOT TESTED: a visitor over a slow link: %v", err)
				}
				t.Cleanup(func() { link.Close() })
				s := startBehind(t, link, name)
				deploy := func(release int) outcome {
					replace(t, s.local, releaseOf(release, pages))
					p := s.process("deploy", s.local, s.url(), "--keep", keep)
					must(t, link.InClient(p.Start))
					r := p.outcome(t)
					if r.code != 0 {
						t.Fatalf("exit code %d\n%s", r.code, r.out)
					}
					return r
				}
				link.SetRoundTrip(0)
				deploy(1)
				link.SetRoundTrip(30 * time.Millisecond)
				v := &visitor{t: t, dir: s.disk, pages: pages, keeps: keep != "0"}
				v.run()
				r := deploy(2)
				v.end(fmt.Sprintf("%d files, which took %d ms to commit", r.Uploaded, r.MixedMS), 500*time.Millisecond)
				wantTree(t, "deployed", s.disk, releaseOf(2, pages))
			})
		}
	}
}
