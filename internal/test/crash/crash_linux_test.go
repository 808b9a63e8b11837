package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) {
	if os.Getenv(trappedArgs) != "" {
		os.Unsetenv(trappedArgs)
		fmt.Fprintln(os.Stderr, become(os.Args[1:]))
		os.Exit(99)
	}
	os.Exit(realftp.Main(m))
}

// build builds the program, once.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ferry-crash-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "ferry")
	if out, err := exec.Command("go", "build", "-o", program, "../../..").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building ferry: %w\n%s", err, out)
	}
	return program, nil
})

// perSetting is how many of the places to be killed at are tried for each
// command and server; FERRY_CRASH_ALL=1 tries all.
const perSetting = 25

// TestKilledAnywhere kills ferry at places spread over a whole pass, with the
// first and the last of them, and holds that one plain pass then mends it all.
func TestKilledAnywhere(t *testing.T) {
	program, err := build()
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(program)) })
	for _, server := range []string{"proftpd", "vsftpd"} {
		for _, how := range []struct{ command, pipeline string }{{"sync", "on"}, {"push", "on"}, {"pull", "on"}, {"sync", "off"}} {
			t.Run(server+"/"+how.command+", pipeline "+how.pipeline, func(t *testing.T) {
				t.Parallel()
				s := &setting{program: program, command: how.command, pipeline: how.pipeline, server: realftp.Start(t, server, realftp.Options{})}
				s.sweep(t)
			})
		}
	}
}

// A setting is a command, a server and whether it gets commands in batches.
type setting struct {
	program, command, pipeline string
	server                     *realftp.Server
}

func (s *setting) sweep(t *testing.T) {
	start := time.Now()
	whole := s.point(t, 0)
	if whole.calls < 50 {
		t.Fatalf("a whole pass changes something in %d places only", whole.calls)
	}
	places := spread(whole.calls)
	kinds := make(map[string]int)
	killed, slowest := 0, run{}
	for _, k := range places {
		r := s.point(t, k)
		if r.code == -1 {
			killed++
			kind, _, _ := strings.Cut(r.at, " ")
			kinds[kind]++
		}
		if r.mended > slowest.mended {
			slowest = r
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("killed at %d places of %d in %v: %v", killed, whole.calls, time.Since(start).Round(time.Second), kinds)
	t.Logf("the longest pass after it took %v, killed before call %s", slowest.mended.Round(time.Millisecond), slowest.at)
	if killed < len(places)/2 { // passes differ in length, and the last places lie behind the end of a shorter one
		t.Errorf("killed at %d places only, of %d that were tried", killed, len(places))
	}
}

// spread returns the places to try of 1 to n: the first four, the last eight, and
// others with even distances between.
func spread(n int) []int {
	if os.Getenv("FERRY_CRASH_ALL") == "1" {
		all := make([]int, n)
		for i := range all {
			all[i] = i + 1
		}
		return all
	}
	places := map[int]bool{}
	for i := range 4 {
		places[1+i] = true
	}
	for i := range 8 {
		places[n-i] = true
	}
	for i := range perSetting - 12 {
		places[4+(i+1)*(n-12)/(perSetting-11)] = true
	}
	return slices.Sorted(maps.Keys(places))
}

// A scene is a pair in which both users did something since the last pass.
type scene struct {
	*setting
	t             *testing.T
	local, remote string
	state, url    string
	known         map[string]bool // every content that anybody wrote
	before        map[string]bool // what was there when ferry was started
}

// point sets a pair up, kills ferry before its k-th call (0: never), and holds
// what must be true from then on. It returns the run that was killed.
func (s *setting) point(t *testing.T, k int) run {
	t.Helper()
	c := s.scene(t)
	sizes := make(map[int64]bool)
	for content := range c.known {
		sizes[int64(len(content))] = true
	}
	w := watchSizes(sizes, c.local, c.remote)
	killed := trap(t, c.ferry(s.command), k)
	c.quiesce()
	what := fmt.Sprintf("killed before call %d, %s", k, killed.at)
	if killed.code == -1 {
		c.wantWhole(what)
	} else if killed.code != 0 && killed.code != 5 {
		t.Fatalf("call %d was never made, yet exit code %d\n%s", k, killed.code, killed.out)
	}
	start := time.Now()
	after := c.run(s.command)
	killed.mended = time.Since(start)
	if after.code != 0 && after.code != 5 {
		t.Errorf("%s: the pass after it ended with %d\n%s", what, after.code, after.out)
	}
	if torn := w.end(); torn != "" {
		t.Errorf("%s: torn: %s", what, torn)
	}
	c.wantWhole(what)
	c.wantEqual(what)
	c.wantKept(what)
	c.wantQuiet(what)
	if t.Failed() {
		t.Logf("%s\nthe killed run:\n%s\nthe pass after it:\n%s", what, killed.out, after.out)
	}
	must(t, os.RemoveAll(c.remote))
	return killed
}

// longest is how long a pass may take. Most take a tenth of a second; vsftpd holds
// a file for a minute whose data connection never came, and a lock without an
// owner must stand still for 40 seconds before it is broken.
const longest = 4 * time.Minute

// scene makes a pair in step, and then lets its users work.
func (s *setting) scene(t *testing.T) *scene {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "pair")
	must(t, err)
	name := filepath.Base(dir)
	c := &scene{setting: s, t: t, local: filepath.Join(dir, "local"), remote: filepath.Join(s.server.Root, name), state: filepath.Join(dir, "state"),
		url: fmt.Sprintf("ftp://%s@%s/%s", s.server.User, s.server.Addr, name)}
	write(t, c.local, base)
	write(t, c.remote, base)
	must(t, s.server.Own())
	if r := c.run("sync"); r.code != 0 {
		t.Fatalf("first pass: %d\n%s", r.code, r.out)
	}
	here, there, _ := c.read()
	c.known = contents(here, there)
	if s.command != "pull" {
		edit(t, c.local, "here")
	}
	if s.command != "push" {
		edit(t, c.remote, "there")
	}
	write(t, c.local, tree{"edit/both": "second, by local"})
	write(t, c.remote, tree{"edit/both": "second, and longer, by remote"})
	must(t, s.server.Own())
	here, there, _ = c.read()
	c.before = contents(here, there)
	maps.Copy(c.known, c.before)
	return c
}

// ferry returns the command that makes a pass.
func (c *scene) ferry(command string, more ...string) *exec.Cmd {
	args := append([]string{command, c.local, c.url, "--state-dir", c.state, "--json", "--trash", "on", "--allow-deletes", "--pipeline", c.pipeline}, more...)
	cmd := exec.Command(c.program, args...)
	cmd.Env = []string{"FERRY_PASSWORD=" + c.server.Password, "HOME=" + filepath.Dir(c.local), "PATH=" + os.Getenv("PATH")}
	return cmd
}

func (c *scene) run(command string, more ...string) run {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	made := c.ferry(command, more...)
	cmd := exec.CommandContext(ctx, made.Path, made.Args[1:]...)
	cmd.Env = made.Env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	return run{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), out: stdout.String() + stderr.String()}
}

// quiesce waits until the server has let go of the sessions of a killed client:
// it may still carry out what it was told last. A session that waits for a data
// connection does not notice for a minute; it changes nothing more, and the next
// pass need not wait for it either.
func (c *scene) quiesce() {
	c.t.Helper()
	deadline := time.Now().Add(500 * time.Millisecond)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for c.sessions() > 0 && time.Now().Before(deadline) {
		<-tick.C
	}
}

// sessions counts the control connections that the server holds.
func (c *scene) sessions() int {
	c.t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	must(c.t, err)
	const established, closeWait = "01", "08"
	port, open := fmt.Sprintf(":%04X", c.server.Port), 0
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) > 3 && strings.HasSuffix(f[1], port) && (f[3] == established || f[3] == closeWait) {
			open++
		}
	}
	return open
}

// read returns both trees, and everything in both trashes.
func (c *scene) read() (here, there tree, trash []string) {
	c.t.Helper()
	here, trash, _ = read(c.t, c.local)
	there, more, _ := read(c.t, c.remote)
	return here, there, append(trash, more...)
}

// wantWhole holds that no real name has a content that nobody wrote.
func (c *scene) wantWhole(when string) {
	c.t.Helper()
	here, there, trash := c.read()
	for side, tr := range map[string]tree{"local": here, "remote": there} {
		for name, content := range tr {
			if content != "/" && !c.known[content] {
				c.t.Errorf("%s: %s %s holds %s, which nobody wrote", when, side, name, short(content))
			}
		}
	}
	for _, content := range trash {
		if !c.known[content] {
			c.t.Errorf("%s: %s is in the trash, which nobody wrote", when, short(content))
		}
	}
}

// wantEqual holds that both trees are equal. A push or pull leaves the conflict
// copy where it is made.
func (c *scene) wantEqual(when string) {
	c.t.Helper()
	here, there, _ := c.read()
	copies := 0
	for _, tr := range []tree{here, there} {
		for name := range tr {
			if strings.Contains(name, ".sync-conflict-") {
				copies++
				if c.command != "sync" {
					delete(tr, name)
				}
			}
		}
	}
	want := 1
	if c.command == "sync" {
		want = 2
	}
	if copies != want {
		c.t.Errorf("%s: %d conflict copies, want %d", when, copies, want)
	}
	if diff := cmp.Diff(here, there, cmp.Transformer("short", short)); diff != "" {
		c.t.Errorf("%s: trees differ (-local +remote):\n%s", when, diff)
	}
}

// wantKept holds that everything that was there when ferry was started still is,
// in a tree or in a trash.
func (c *scene) wantKept(when string) {
	c.t.Helper()
	here, there, trash := c.read()
	have := contents(here, there)
	for _, content := range trash {
		have[content] = true
	}
	for content := range c.before {
		if !have[content] {
			c.t.Errorf("%s: %s is lost", when, short(content))
		}
	}
}

// wantQuiet makes another pass three days later, as far as the half-written files
// tell: it does nothing but to tidy them away. From a listing that shows neither
// zone nor seconds they must be 39 hours old to be known to be left by anybody.
func (c *scene) wantQuiet(when string) {
	c.t.Helper()
	old := time.Now().Add(-72 * time.Hour)
	for _, root := range []string{c.local, c.remote} {
		_, _, temps := read(c.t, root)
		for _, temp := range temps {
			must(c.t, os.Chtimes(temp, old, old))
		}
	}
	here, there, _ := c.read()
	more := []string{"--verify"}
	if c.command == "sync" {
		more = nil
	}
	r := c.run(c.command, more...)
	if did := r.did(c.t); r.code != 0 || did != "" {
		c.t.Errorf("%s: a further pass did %q and ended with %d\n%s", when, did, r.code, r.out)
	}
	nowHere, nowThere, _ := c.read()
	if diff := cmp.Diff([]tree{here, there}, []tree{nowHere, nowThere}, cmp.Transformer("short", short)); diff != "" {
		c.t.Errorf("%s: a further pass changed something:\n%s", when, diff)
	}
	for _, root := range []string{c.local, c.remote} {
		if _, _, temps := read(c.t, root); len(temps) > 0 {
			c.t.Errorf("%s: left behind for good: %q", when, temps)
		}
	}
}

// did returns what a pass says that it did, "" for nothing.
func (r run) did(t testing.TB) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	var sum map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil || sum["type"] != "summary" {
		t.Errorf("the last line is no summary: %v, %s", err, r.out)
	}
	var did []string
	for _, key := range []string{"uploaded", "downloaded", "deleted_local", "deleted_remote", "moved", "conflicts", "failed", "bytes_up", "bytes_down"} {
		if n, ok := sum[key].(float64); !ok || n != 0 {
			did = append(did, fmt.Sprint(key, " ", sum[key]))
		}
	}
	return strings.Join(did, ", ")
}
