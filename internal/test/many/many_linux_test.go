package many

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

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

// TestManyProfiles measures how long it takes until many directories of one server are watched by one process, and
// what that costs.
func TestManyProfiles(t *testing.T) {
	n, served := profiles(t), t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: served})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	h := newHouse(t)
	for i := range n {
		local := h.add(fmt.Sprintf("ftp://ferry@%s/%d", server.Addr(), i), "")
		remote := filepath.Join(served, strconv.Itoa(i))
		must(t, os.Mkdir(remote, 0o755))
		for _, root := range []string{local, remote} {
			must(t, os.WriteFile(filepath.Join(root, "page.html"), []byte("hello"), 0o644))
		}
	}
	began, most := time.Now(), 0
	w := h.watch("--connections", "4")
	w.until("all are in step", func() bool { return w.idle() == n }, func() { most = max(most, server.Connections()) })
	took, pid := time.Since(began), w.cmd.Process.Pid
	each := resident(t, pid) / n
	t.Logf("%d profiles after %v, %v of a processor: %d kB resident for each, at most %d sessions", n, took.Round(time.Millisecond), cpu(t, pid), each, most)
	if most > 4 {
		t.Errorf("%d sessions", most)
	}
	if n >= 200 && each > 1<<10 {
		t.Errorf("%d kB for each", each)
	}
	if os.Getenv("FERRY_PROFILES") == "" {
		return
	}
	used, until := cpu(t, pid), time.Now().Add(2*time.Minute)
	for ; time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		most = max(most, server.Connections())
	}
	t.Logf("two quiet minutes: %v of a processor, %d kB resident for each, at most %d sessions", cpu(t, pid)-used, resident(t, pid)/n, most)
}

// TestFewConnections watches 200 directories of a server that allows an address four connections, and has all of them
// carry an edit each way.
func TestFewConnections(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 40
	}
	server := realftp.Start(t, "vsftpd", realftp.Options{MaxConnections: 4})
	h := newHouse(t)
	var here, there []string
	for i := range n {
		here = append(here, h.add(fmt.Sprintf("ftp://%s@%s/%d", server.User, server.Addr, i), ""))
		server.WriteFile(t, fmt.Sprintf("%d/old.txt", i), "old")
		there = append(there, filepath.Join(server.Root, strconv.Itoa(i)))
	}
	most := 0
	count := func() { most = max(most, established(t, server.Port)) }
	began := time.Now()
	w := h.watch("--poll", "2s")
	w.until("all are in step", func() bool { return w.idle() == n }, count)
	t.Logf("%d profiles after %v", n, time.Since(began).Round(time.Millisecond))
	all := func(dirs []string, name, content string) func() bool {
		next := 0
		return func() bool {
			for next < len(dirs) && holds(filepath.Join(dirs[next], name), content) {
				next++
			}
			return next == len(dirs)
		}
	}
	for i, dir := range here {
		must(t, os.WriteFile(filepath.Join(dir, "up.txt"), []byte("up"), 0o644))
		must(t, os.WriteFile(filepath.Join(there[i], "down.txt"), []byte("down"), 0o644))
	}
	began = time.Now()
	w.until("all edits have gone up", all(there, "up.txt", "up"), count)
	w.until("all edits have come down", all(here, "down.txt", "down"), count)
	t.Logf("an edit each way for each after %v", time.Since(began).Round(time.Millisecond))
	if most > 4 {
		t.Errorf("%d sessions", most)
	}
}

// TestOneLogin makes a pass over each of many profiles of one server, and logs in once for all of them.
func TestOneLogin(t *testing.T) {
	server, err := ftpserver.Start(ftpserver.Options{Root: t.TempDir()})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	h := newHouse(t)
	for i := range 20 {
		local := h.add(fmt.Sprintf("ftp://ferry@%s/%d", server.Addr(), i), "")
		must(t, os.WriteFile(filepath.Join(local, "page.html"), []byte("hello"), 0o644))
	}
	if out, err := h.command("push", "--connections", "4").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	logins := strings.Count(strings.Join(server.Transcript(), "\n"), "USER ferry")
	if logins < 1 || logins > 4 {
		t.Errorf("%d logins", logins)
	}
	for i := range 20 {
		if _, err := os.Stat(filepath.Join(h.dir, "pairs", "p"+strconv.Itoa(i), "page.html")); err != nil {
			t.Error(err)
		}
	}
}

// established is how many connections to a port of this machine there are.
func established(t *testing.T, port int) (n int) {
	text, err := os.ReadFile("/proc/net/tcp")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		_, hex, found := strings.Cut(fields[2], ":")
		at, err := strconv.ParseUint(hex, 16, 16)
		if found && err == nil && int(at) == port && fields[3] == "01" {
			n++
		}
	}
	return n
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

// cpu is how much time of a processor a process has used.
func cpu(t *testing.T, pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	must(t, err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
