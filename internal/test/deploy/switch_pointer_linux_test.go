package deploy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/internal/deploy/pointer"
	"ferry/internal/test/realftp"
)

const rules = "# of the user\r\nErrorDocument 404 /missing.html"

// pointedSite makes a site with uploads and rules on a server, Apache over it, and a profile with
// a pointer.
func pointedSite(t testing.TB, server, override string, keys ...string) (s *switched, address string) {
	s = &switched{start(t, server), filepath.Join(t.TempDir(), "ferry.yaml")}
	s.write("uploads/u.jpg", "theirs")
	s.write(".htaccess", rules)
	address = startApache(t, s.disk, override)
	s.profile(append([]string{"switch: pointer", "check: {url: '" + address + "'}"}, keys...)...)
	return s, address
}

// point deploys a tree.
func (s *switched) point(files tree, args ...string) outcome {
	s.Helper()
	replace(s, s.local, files)
	r := s.run("deploy", append(args, "--allow-deletes")...)
	if r.code != 0 {
		s.Fatalf("exit code %d of a deploy\n%s", r.code, r.out)
	}
	return r
}

// A pageVisitor asks for a page again and again.
type pageVisitor struct {
	t       testing.TB
	stop    chan struct{}
	done    sync.WaitGroup
	mu      sync.Mutex
	asked   int
	wrong   []string
	allowed []string
}

// visitPage asks for a page that must always show one of some texts.
func visitPage(t testing.TB, address string, allowed ...string) *pageVisitor {
	v := &pageVisitor{t: t, stop: make(chan struct{}), allowed: allowed}
	client := &http.Client{Timeout: 30 * time.Second}
	for range 2 {
		v.done.Go(func() {
			for {
				select {
				case <-v.stop:
					return
				case <-time.After(time.Millisecond):
					v.ask(client, address)
				}
			}
		})
	}
	return v
}

func (v *pageVisitor) ask(client *http.Client, address string) {
	status, body := 0, []byte(nil)
	resp, err := client.Get(address)
	if err == nil {
		status = resp.StatusCode
		body, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	if err != nil || status != 200 || !slices.Contains(v.allowed, string(body)) {
		v.wrong = append(v.wrong, fmt.Sprintf("%d %q %v", status, body, err))
	}
}

func (v *pageVisitor) end(switches int) {
	close(v.stop)
	v.done.Wait()
	v.t.Logf("asked %d times over %d switches", v.asked, switches)
	if len(v.wrong) > 0 {
		v.t.Errorf("%d wrong answers of %d, such as %s", len(v.wrong), v.asked, v.wrong[0])
	}
}

// TestPointerApache deploys and goes back while visitors ask a real Apache: no answer is wrong.
func TestPointerApache(t *testing.T) {
	servers, times := realftp.Names(), 60
	if !all {
		one := today(len(servers))
		servers, times = servers[one:one+1], 2
	}
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			s, address := pointedSite(t, server, "All", "shared: [uploads]", "keep: 1")
			first := wholeReleases[0].with(tree{"docs/index.html": "docs", "100%25.txt": "percent", "a#b.txt": "hash", "ä ö/ü.html": "odd", "missing.html": "not here"})
			s.point(first)
			get := func(path string, status int, want string) {
				t.Helper()
				got, body, location, err := page(t.Context(), address+path)
				if got != status || !strings.Contains(body+location, want) || strings.Contains(location, pointer.Dir) || err != nil {
					t.Errorf("%s: %d %q %q %v, want %d %q", path, got, body, location, err, status, want)
				}
			}
			get("", 200, "release=1")
			get("uploads/u.jpg", 200, "theirs")
			for name, text := range first {
				if name != "missing.html" {
					get((&url.URL{Path: name}).EscapedPath(), 200, text)
				}
			}
			get("docs", 301, address+"docs/")
			get("docs/", 200, "docs")
			get("css?x=1", 301, address+"css/?x=1")
			get("none", 404, "not here")
			get(pointer.Slot(1)+"/index.html", 404, "not here")
			get(pointer.Slot(1)+"/.ferry/state", 403, "")
			get(".ferry/state", 403, "")
			v := visitPage(t, address, "release=1 ", "release=2 ")
			switches := 0
			for i := range times {
				s.point([]tree{wholeReleases[1], first}[i%2])
				if i%2 == 0 {
					switches++
					if r := s.run("rollback"); r.code != 0 {
						t.Fatalf("exit code %d\n%s", r.code, r.out)
					}
					get("", 200, []string{"release=1", "release=2"}[i%2])
					s.point(wholeReleases[1])
				}
				switches++
			}
			switches += s.switchByHand(60)
			v.end(switches)
			get("docs/", 200, "docs")
			text, err := os.ReadFile(filepath.Join(s.disk, ".htaccess"))
			if err != nil || !strings.HasPrefix(string(text), rules+"\n# BEGIN ferry") {
				t.Errorf("%q, %v", text, err)
			}
			if left, _ := filepath.Glob(filepath.Join(s.disk, pointer.Dir, "try-*")); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			if r := s.run("check", "--web", address); r.code != 0 || !strings.Contains(r.out, `"visible":false`) {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
		})
	}
}

// switchByHand renames pointers to the two slots over each other, n times, and ends with the one
// that was there.
func (s *switched) switchByHand(n int) int {
	s.Helper()
	name := filepath.Join(s.disk, ".htaccess")
	text, err := os.ReadFile(name)
	must(s, err)
	file := &pointer.File{Path: pointer.Htaccess, Base: "/", Shared: nil}
	live, err := file.Slot(text)
	must(s, err)
	slots, err := filepath.Glob(filepath.Join(s.disk, pointer.Dir, "0*"))
	must(s, err)
	for i := range n {
		slot := live
		if i < n-1 {
			slot = pointer.Dir + "/" + filepath.Base(slots[i%len(slots)])
		}
		next := strings.ReplaceAll(string(text), live, slot)
		must(s, os.WriteFile(name+".next", []byte(next), 0o644))
		must(s, os.Rename(name+".next", name))
		time.Sleep(10 * time.Millisecond)
	}
	return n
}

// TestPointerTemplate leads visitors by a file that includes a page of the release.
func TestPointerTemplate(t *testing.T) {
	t.Parallel()
	template := filepath.Join(t.TempDir(), "index.shtml")
	must(t, os.WriteFile(template, []byte(`<!--#include virtual="{slot}/index.html" -->`), 0o644))
	s, address := pointedSite(t, embedded, "None", "pointer: {file: index.shtml, template: '"+template+"'}")
	s.point(wholeReleases[0])
	v := visitPage(t, address+"index.shtml", "release=1 ", "release=2 ")
	s.point(wholeReleases[1])
	if r := s.run("rollback"); r.code != 0 {
		t.Fatalf("exit code %d\n%s", r.code, r.out)
	}
	v.end(2)
	if _, body, _, err := page(context.Background(), address); body != "release=1 " || err != nil {
		t.Errorf("%q, %v", body, err)
	}
}

// TestPointerRefused deploys nothing where Apache does not follow the rule: it heeds no .htaccess,
// or another rule takes all pages before.
func TestPointerRefused(t *testing.T) {
	for override, more := range map[string]string{"None": "", "All": "\nRewriteEngine On\nRewriteRule . other.php [L]\n"} {
		t.Run(override, func(t *testing.T) {
			t.Parallel()
			s, address := pointedSite(t, embedded, override, "shared: [uploads]")
			s.write(".htaccess", rules+more)
			s.write("index.html", "their page")
			replace(t, s.local, wholeReleases[0])
			before := read(t, s.disk)
			r := s.run("deploy")
			if r.code != 6 || !strings.Contains(r.out, "mod_rewrite") {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
			wantTree(t, "refused", s.disk, before)
			if _, body, _, _ := page(t.Context(), address); override == "None" && body != "their page" {
				t.Errorf("%q", body)
			}
		})
	}
}
