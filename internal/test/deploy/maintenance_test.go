package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestMaintenanceIsCut cuts the connections at the commands that put a site into maintenance and out of it. The next
// deploy leaves neither the file of maintenance behind nor one under a part of its name.
func TestMaintenanceIsCut(t *testing.T) {
	servers := []string{"proftpd", "pyftpdlib"}
	if all {
		servers = append(servers, "vsftpd", "pureftpd")
	}
	for _, name := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name)
			direct, proxy := s.addr, newProxy(t, s.addr, false)
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "m.html"), []byte("back soon"), 0o644))
			deploy := func(addr string, args ...string) outcome {
				s.addr = addr
				config := filepath.Join(dir, "ferry.yaml")
				must(t, os.WriteFile(config, fmt.Appendf(nil, "profiles:\n  site: {local: %q, remote: %q, deploy: {maintenance: {put: m.html, as: in-maintenance.html}}}\n", s.local, s.url()), 0o644))
				return s.ferry(t.TempDir(), slices.Concat([]string{"deploy", "site", "--config", config, "--connections", "1"}, args)...)
			}
			for i, command := range []string{"RNTO /web/in-maintenance", "DELE /web/in-maintenance"} {
				for k, half := range []bool{true, false} {
					what := fmt.Sprintf("cut at %s, half of it came through: %v", command, half)
					old := tree{"index.html": fmt.Sprint("old ", i, k), "a/b.css": "old"}
					next := tree{"index.html": fmt.Sprint("the next ", i, k), "a/b.css": "a new one", "new.html": "new"}
					replace(t, s.local, old)
					if r := deploy(direct); r.code != 0 {
						t.Fatalf("%s: before it: exit code %d\n%s", what, r.code, r.out)
					}
					replace(t, s.local, next)
					proxy.armOn(command, half)
					r := deploy(proxy.addr, "--retries", "0")
					if _, struck, last := proxy.end(); !struck {
						t.Fatalf("%s: it was not; the last command was %s\n%s", what, last, r.out)
					}
					between := read(t, s.disk)
					s.breakLock()
					again := deploy(direct)
					if again.code != 0 {
						t.Errorf("%s: the next deploy ended with %d", what, again.code)
					}
					wantTree(t, what, s.disk, next)
					if t.Failed() {
						t.Fatalf("exit code %d\n%s\nbetween: %q\nthe next one:\n%s", r.code, r.out, between, again.out)
					}
				}
			}
		})
	}
}
