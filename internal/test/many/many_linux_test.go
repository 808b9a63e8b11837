package many

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/internal/test/program"
)

func TestMain(m *testing.M) {
	code := m.Run()
	program.Remove()
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// profiles is how many profiles one process watches; FERRY_PROFILES makes them more.
func profiles(t *testing.T) int {
	text := os.Getenv("FERRY_PROFILES")
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// TestManyProfiles watches many directories of one server in one process, and measures how long it takes until
// all are watched, and what that costs.
func TestManyProfiles(t *testing.T) {
	n := profiles(t)
	served, dir := t.TempDir(), t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: served})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	var config strings.Builder
	config.WriteString("profiles:\n")
	for i := range n {
		local := filepath.Join(dir, "pairs", strconv.Itoa(i))
		for _, root := range []string{local, filepath.Join(served, strconv.Itoa(i))} {
			must(t, os.MkdirAll(root, 0o755))
			must(t, os.WriteFile(filepath.Join(root, "page.html"), []byte("hello"), 0o644))
		}
		fmt.Fprintf(&config, "  p%d: {local: %s, remote: \"ftp://ferry@%s/%d\", password: secret}\n", i, local, server.Addr(), i)
	}
	file := filepath.Join(dir, "ferry.yaml")
	must(t, os.WriteFile(file, []byte(config.String()), 0o600))

	cmd := exec.Command(program.Path(t), "watch", "--config", file, "--json")
	cmd.Env = append(os.Environ(), "FERRY_STATE_DIR="+filepath.Join(dir, "state"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	began := time.Now()
	must(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	idle := make(chan string)
	go func() {
		defer close(idle)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var l struct{ Type, State, Profile string }
			if json.Unmarshal(lines.Bytes(), &l) == nil && l.Type == "state" && l.State == "idle" {
				idle <- l.Profile
			}
		}
	}()
	watched := map[string]bool{}
	most := 0
	for len(watched) < n {
		select {
		case name, ok := <-idle:
			if !ok {
				t.Fatal("ferry ended")
			}
			watched[name] = true
			most = max(most, server.Connections())
		case <-time.After(2 * time.Minute):
			t.Fatalf("%d of %d profiles are watched", len(watched), n)
		}
	}
	go func() {
		for range idle {
		}
	}()
	t.Logf("%d profiles were watched after %v; resident %d kB, at most %d sessions, now %d, CPU %v", n, time.Since(began).Round(time.Millisecond), resident(t, cmd.Process.Pid), most, server.Connections(), cpu(t, cmd.Process.Pid))
	if os.Getenv("FERRY_PROFILES") != "" {
		time.Sleep(70 * time.Second)
		t.Logf("later: resident %d kB, %d sessions, CPU %v, %s", resident(t, cmd.Process.Pid), server.Connections(), cpu(t, cmd.Process.Pid), threads(t, cmd.Process.Pid))
	}
}

var vmRSS = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is how much memory a process has, in kB.
func resident(t *testing.T, pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(t, err)
	found := vmRSS.FindSubmatch(text)
	n, err := strconv.Atoi(string(found[1]))
	must(t, err)
	return n
}

func threads(t *testing.T, pid int) string {
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	must(t, err)
	return fmt.Sprintf("%d open files", len(files))
}

// cpu is how much time of a processor a process has used.
func cpu(t *testing.T, pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(t, err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
