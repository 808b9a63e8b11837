package deploy

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWeb asks a real web server, which knows nothing of .htaccess, whether it shows the work directory: not while that has
// the mode that ferry gives it, because the web server is another user, and as soon as it has another one.
func TestWeb(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: ferry check --web: another user needs root")
	}
	s := start(t, "pureftpd")
	s.put(tree{"index.html": "<p>a page</p>"})
	address := serveWeb(t, s.disk)
	check := func(code int, want string) {
		t.Helper()
		if r := s.ferry(t.TempDir(), "check", s.local, s.url(), "--web", address); r.code != code || !strings.Contains(r.stdout, want) {
			t.Errorf("exit code %d, want %d and %s\n%s", r.code, code, want, r.out)
		}
	}
	check(0, `"visible":false`)
	must(t, os.Chmod(filepath.Join(s.disk, ".ferry"), 0o755))
	check(1, `"visible":true`)
	if names := work(t, s.disk); strings.Contains(strings.Join(names, " "), "probe") {
		t.Errorf("left in the work directory: %q", names)
	}
}

// serveWeb runs a web server over a directory, as a user of its own, and returns its address.
func serveWeb(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", `cd "$0" && exec setpriv --reuid 65534 --clear-groups python3 -u -m http.server --bind 127.0.0.1 --directory . 0`, dir)
	cmd.Env = append(os.Environ(), "PATH=/usr/bin:/bin")
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	if err := cmd.Start(); err != nil {
		t.Skipf("NOT TESTED: ferry check --web: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	port := regexp.MustCompile(`port (\d+)`).FindStringSubmatch(line)
	if port == nil {
		t.Skipf("NOT TESTED: ferry check --web: the web server of Python says %q", line)
	}
	return "http://127.0.0.1:" + port[1] + "/"
}
