package dashboard

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/internal/dashboard/dashboardtest"
	"ferry/internal/ftpserver"
	"ferry/internal/test/program"
)

// mostMemory is by how much a watch may grow that serves an open page, in bytes.
const mostMemory = 20 << 20

// TestProgram runs "ferry watch --dashboard" as a program of its own, opens all pages, and compares the memory that it
// uses with that before.
func TestProgram(t *testing.T) {
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for i := range 500 {
		dashboardtest.Write(t, filepath.Join(dir, "here", fmt.Sprintf("%d/file %d.txt", i/20, i)), "text")
	}
	there := filepath.Join(dir, "there")
	if err := os.MkdirAll(there, 0o755); err != nil {
		t.Fatal(err)
	}
	server, err := ftpserver.Start(ftpserver.Options{Root: there, User: "ann", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	watch := exec.Command(program.Path(t), "watch", filepath.Join(dir, "here"), "ftp://ann@"+server.Addr()+"/", "--dashboard", "--state-dir", filepath.Join(dir, "state"))
	watch.Env = append(os.Environ(), "FERRY_PASSWORD=secret")
	var said strings.Builder
	watch.Stderr = &said
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = watch.Process.Signal(syscall.SIGTERM)
		if err := watch.Wait(); err != nil {
			t.Errorf("%v: %s", err, said.String())
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "state/dashboard/*")); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	})
	var wayIn []byte
	dashboardtest.Until(t, "the page is served", func() bool {
		wayIn, err = os.ReadFile(filepath.Join(dir, "state/dashboard", strconv.Itoa(watch.Process.Pid)+".html"))
		return err == nil
	})
	address, token, _ := strings.Cut(regexp.MustCompile(`href="([^"]*)"`).FindStringSubmatch(string(wayIn))[1], "/#token=")
	dashboardtest.Until(t, "all is sent", func() bool {
		files, _ := filepath.Glob(filepath.Join(there, "*/*.txt"))
		return len(files) == 500
	})
	time.Sleep(2 * time.Second) // what the pass leaves behind settles
	before := memory(t, watch.Process.Pid)

	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	ask := func(method, path string, form url.Values) string {
		t.Helper()
		r, err := http.NewRequest(method, address+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", address)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", path, answer.StatusCode, text)
		}
		return string(text)
	}
	first := ask("POST", "/login", url.Values{"secret": {token}})
	at := regexp.MustCompile(`data-at="([^"]*)"`).FindStringSubmatch(first)[1]
	key := regexp.MustCompile(`data-pair="([^"]+)"`).FindStringSubmatch(first)[1]
	events, err := client.Get(address + at + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	most := 0
	for range 2 {
		for _, page := range []string{"", "pair", "held", "plot", "history", "trash", "conflicts", "settings", "check", "plan"} {
			ask("GET", at+page+"?key="+key, nil)
			most = max(most, memory(t, watch.Process.Pid))
		}
	}
	t.Logf("%d kB before, at most %d kB with the page open", before>>10, most>>10)
	if most-before > mostMemory {
		t.Errorf("the watch grew by %d bytes, want at most %d", most-before, mostMemory)
	}

	// Beside a pair that is paused a pass can be made by hand.
	csrf := regexp.MustCompile(`name="csrf" value="([^"]*)"`).FindStringSubmatch(first)[1]
	ask("POST", at+"do", url.Values{"csrf": {csrf}, "key": {key}, "do": {"pause"}})
	dashboardtest.Until(t, "the pair is paused", func() bool { return strings.Contains(ask("GET", at, nil), `data-state="paused"`) })
	dashboardtest.Write(t, filepath.Join(dir, "here/by hand.txt"), "text")
	sync := exec.Command(watch.Path, "sync", watch.Args[2], watch.Args[3], "--state-dir", filepath.Join(dir, "state"))
	sync.Env = watch.Env
	if out, err := sync.CombinedOutput(); err != nil || !dashboardtest.Holds(filepath.Join(there, "by hand.txt"), "text") {
		t.Errorf("%v: %s", err, out)
	}
	if !strings.Contains(ask("GET", at, nil), `data-state="paused"`) {
		t.Error("the pause has ended")
	}
}

// memory returns how much of its own memory a process holds, in bytes.
func memory(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`RssAnon:\s+(\d+) kB`).FindStringSubmatch(string(text))
	if found == nil {
		t.Fatalf("%s", text)
	}
	kb, _ := strconv.Atoi(found[1])
	return kb << 10
}
