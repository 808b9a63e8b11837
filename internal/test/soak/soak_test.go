//go:build linux

package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"ferry/internal/cli"
	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
	"ferry/sync"
)

func TestMain(m *testing.M) {
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
}

// duration returns how long users work: FERRY_SOAK, for example "30m", or the given default.
func duration(t *testing.T, fallback time.Duration) time.Duration {
	t.Helper()
	text := os.Getenv("FERRY_SOAK")
	if text == "" {
		return fallback
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSoak lets users edit, remove and rename files on both sides while passes are made in a loop, over connections that
// are cut at random. In the end both trees must be equal. Every version that no user removed or replaced must exist, if
// only in the trash, and every file must be a version that a user wrote. Nothing may be left behind: no goroutine, file
// descriptor, session or lock, and no partial file.
//
// FERRY_SOAK says for how long, for example "30m". Give go test a longer -timeout then.
func TestSoak(t *testing.T) {
	long := duration(t, 20*time.Second)
	goroutines, files := goleak.IgnoreCurrent(), openFiles(t)
	t.Run("on", func(t *testing.T) {
		for _, name := range []string{"proftpd", "vsftpd"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				newSoak(t, name).run(long)
			})
		}
	})
	if err := goleak.Find(goroutines); err != nil {
		t.Errorf("goroutines: %v", err)
	}
	if now := openFiles(t); now > files {
		t.Errorf("%d file descriptors are open, %d were before", now, files)
	}
}

// openFiles counts the open file descriptors of this process.
func openFiles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

type soak struct {
	*testing.T
	dir, local, remote string
	server             *realftp.Server
	proxy              *proxy
	versions           *versions
	users              [2]*user
	dice               *rand.Rand
	passes             int
	exits              map[int]int
	total              sync.Summary
}

func newSoak(t *testing.T, name string) *soak {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("FERRY_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("FERRY_SEED=%d", seed)
	dice := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }
	s := &soak{T: t, dir: t.TempDir(), server: realftp.Start(t, name, realftp.Options{}), dice: dice(0), exits: make(map[int]int)}
	s.local, s.remote = filepath.Join(s.dir, "local"), filepath.Join(s.server.Root, "tree")
	s.proxy = newProxy(t, s.server.Addr, dice(1))
	s.versions = &versions{size: make(map[string]int), live: make(map[string]bool)}
	s.users = [2]*user{newUser(t, s.local, dice(2), s.versions), newUser(t, s.remote, dice(3), s.versions)}
	return s
}

func (s *soak) run(long time.Duration) {
	start := time.Now()
	for time.Since(start) < long && !s.Failed() {
		for _, u := range s.users {
			s.edit(u, s.dice.IntN(8))
		}
		// The local user also works during the pass. On the server that could hit the moment between a check and a
		// rename, which FTP has no means to close.
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for range s.users[0].dice.IntN(4) {
				select {
				case <-stop:
					return
				case <-time.After(time.Duration(s.users[0].dice.IntN(150)) * time.Millisecond):
					s.edit(s.users[0], 1)
				}
			}
		}()
		s.pass()
		close(stop)
		<-done
		s.wantWholeFiles()
	}
	s.proxy.noCuts.Store(true)
	s.syncUntilQuiet()
	s.wantAllVersions()
	s.wantNothingLeft()
	s.Logf("%v: %d passes with these exits: %v; %d edits, %d versions of which %d are live; %d connections cut; %+v",
		time.Since(start).Round(time.Second), s.passes, s.exits, s.users[0].edits+s.users[1].edits, s.versions.next, len(s.versions.live), s.proxy.cuts.Load(), s.total)
}

func (s *soak) edit(u *user, n int) {
	for range n {
		if err := u.work(); err != nil {
			s.Errorf("a user failed: %v", err)
		}
	}
}

// pass runs "ferry sync" once. It may fail, but only because of a cut connection or a user.
func (s *soak) pass() (exit int, sum sync.Summary, out string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var said, talk bytes.Buffer
	env := cli.Env{Stdout: &said, Stderr: &talk, Dir: s.dir, Home: s.dir, Getenv: func(name string) string {
		return map[string]string{"FERRY_PASSWORD": s.server.Password, "FERRY_STATE_DIR": filepath.Join(s.dir, "state")}[name]
	}}
	url := fmt.Sprintf("ftp://%s@%s/tree", s.server.User, s.proxy.listener.Addr())
	exit = cli.Main(ctx, env, []string{"sync", s.local, url, "--json", "--mode", "passive", "--timeout", "5s", "--retries", "2", "--allow-deletes", "--accept-empty",
		"--pipeline", []string{"on", "on", "off"}[s.dice.IntN(3)]})
	out = said.String() + talk.String()
	for line := range strings.Lines(said.String()) {
		var of struct {
			Type string
			sync.Summary
		}
		if err := json.Unmarshal([]byte(line), &of); err != nil {
			s.Errorf("%q: %v", line, err)
		}
		if of.Type == "summary" {
			sum = of.Summary
		}
	}
	s.passes++
	s.exits[exit]++
	addSummary(&s.total, sum)
	switch {
	case ctx.Err() != nil:
		s.Fatalf("the pass did not end:\n%s", out)
	case exit != cli.ExitOK && exit != cli.ExitFailed && exit != cli.ExitIncomplete && exit != cli.ExitConnect && exit != cli.ExitConflicts:
		s.Errorf("exit %d:\n%s", exit, out)
	}
	s.await("connections of the program", func() int { return int(s.proxy.open.Load()) })
	return exit, sum, out
}

// addSummary adds the summary of a pass to the total.
func addSummary(total *sync.Summary, sum sync.Summary) {
	total.Uploaded += sum.Uploaded
	total.Downloaded += sum.Downloaded
	total.DeletedLocal += sum.DeletedLocal
	total.DeletedRemote += sum.DeletedRemote
	total.Moved += sum.Moved
	total.Conflicts += sum.Conflicts
	total.Failed += sum.Failed
	total.Problems += sum.Problems
	total.BytesUp += sum.BytesUp
	total.BytesDown += sum.BytesDown
}

// await waits until count is 0.
func (s *soak) await(what string, count func() int) {
	s.Helper()
	for end := time.Now().Add(20 * time.Second); count() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			s.Errorf("left behind: %d %s", count(), what)
			return
		}
	}
}

// wantWholeFiles checks that every file with its real name is a complete version that a user wrote.
func (s *soak) wantWholeFiles() {
	s.Helper()
	for _, root := range []string{s.local, s.remote} {
		walk(s.T, root, func(name, content string) {
			if content != "/" && !isOwn(name) && !isTemp(name) && s.versions.find(content) == "" {
				s.Errorf("%s has %d bytes that no user wrote: %.40q", filepath.Join(root, name), len(content), content)
			}
		})
	}
}

// syncUntilQuiet makes passes until one has nothing to do, and checks that both trees are equal then.
func (s *soak) syncUntilQuiet() {
	s.Helper()
	for range 6 {
		exit, sum, _ := s.pass()
		if exit == cli.ExitOK && isQuiet(sum) {
			if diff := cmp.Diff(trees(s.T, s.local), trees(s.T, s.remote)); diff != "" {
				s.Errorf("the trees differ (-local +remote):\n%s", diff)
			}
			return
		}
	}
	s.Error("every pass finds something to do")
}

// isQuiet reports whether a pass did and met nothing. Conflicts of earlier passes wait for their user, who is not there.
func isQuiet(sum sync.Summary) bool {
	return sum == sync.Summary{Seconds: sum.Seconds, ConflictsWaiting: sum.ConflictsWaiting}
}

// trees returns the first line and the size of all files below root, without ferry's own files.
func trees(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := readTree(t, root)
	for name, content := range tree {
		if isOwn(name) || isTemp(name) {
			delete(tree, name)
			continue
		}
		first, _, _ := strings.Cut(content, "\n")
		tree[name] = fmt.Sprintf("%s, %d bytes", first, len(content))
	}
	return tree
}

// wantAllVersions checks that every version that no user removed or replaced is in a tree or in the trash.
func (s *soak) wantAllVersions() {
	s.Helper()
	found := make(map[string]bool)
	for _, root := range []string{s.local, s.remote} {
		walk(s.T, root, func(_, content string) { found[s.versions.find(content)] = true })
	}
	for name := range s.versions.live {
		if !found[name] {
			s.Errorf("%s is lost", strings.TrimSpace(name))
		}
	}
}

// wantNothingLeft checks that no partial file, however young, no lock and no session is left.
func (s *soak) wantNothingLeft() {
	s.Helper()
	shells := 0
	exit, _, out := s.pass()
	for _, root := range []string{s.local, s.remote} {
		for name, content := range readTree(s.T, root) {
			if content == "/" && strings.HasPrefix(name, ".ferry/lock-") {
				shells++ // of locks, left when a connection was cut while they were taken or released
				continue
			}
			if isTemp(name) || name == ".ferry/lock" || strings.HasPrefix(name, ".ferry/lock/") {
				s.Errorf("left behind: %s\nexit %d\n%s", filepath.Join(root, name), exit, out)
			}
		}
	}
	s.await("sessions of the server", func() int { return sessions(s.T, s.server.Port) })
	s.Logf("%d empty directories of locks are left", shells)
}

// sessions counts the connections that are established at a port of this machine.
func sessions(t *testing.T, port int) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/tcp")
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	const established = "01"
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) > 3 && strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) && fields[3] == established {
			n++
		}
	}
	return n
}
