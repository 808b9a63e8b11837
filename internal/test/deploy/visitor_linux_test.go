package deploy

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/bench/wan"
	"ferry/internal/test/realftp"
	"ferry/internal/test/visitor"
)

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
	look := visitor.Site{Pages: 120, Styles: 24, Scripts: 1}
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
					replace(t, s.local, look.Files(release))
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
				v := &visitor.Visitor{Site: look, Dir: s.disk, Pause: 2 * time.Millisecond}
				v.Start()
				r := deploy(2)
				seen := v.End()
				t.Logf("%d files, which took %d ms to commit: looked %d times, mixed for %v", r.Uploaded, r.MixedMS, seen.Looks, seen.Mixed.Round(time.Millisecond))
				if keep != "0" {
					seen.Missing = nil // old versions are moved away right before new ones take their place
				}
				if len(seen.Half)+len(seen.Missing)+len(seen.Broken) > 0 {
					t.Errorf("half: %v; missing: %v; their scripts were missing: %v", seen.Half, seen.Missing, seen.Broken)
				}
				// The renames of a class go out in one burst. On a machine that is busy they take longer than
				// half a second, and so does the commit as a whole.
				if most := max(500, time.Duration(r.MixedMS)*2/3) * time.Millisecond; seen.Mixed > most {
					t.Errorf("mixed for %v, want at most %v", seen.Mixed, most)
				}
				wantTree(t, "deployed", s.disk, look.Files(2))
			})
		}
	}
}
