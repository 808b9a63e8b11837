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
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) {
	if os.Getenv(trapVariable) != "" {
		os.Unsetenv(trapVariable)
		fmt.Fprintln(os.Stderr, execTrapped(os.Args[1:]))
		os.Exit(99)
	}
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
}

// callsBetween is how many calls to be killed at are tried for each command and server,
// beside the first three and the last five. FERRY_CRASH_ALL=1 tries all.
const callsBetween = 3

// TestKilledAnywhere kills ferry before system calls all over a pass, including the
// first and the last, and checks that one normal pass then recovers everything.
func TestKilledAnywhere(t *testing.T) {
	for _, server := range []string{"proftpd", "vsftpd"} {
		for _, how := range []struct{ command, pipeline string }{{"sync", "on"}, {"push", "on"}, {"pull", "on"}, {"sync", "off"}} {
			if how.pipeline == "off" && server == "proftpd" && os.Getenv("FERRY_CRASH_ALL") != "1" {
				continue // one server shows it
			}
			t.Run(server+"/"+how.command+", pipeline "+how.pipeline, func(t *testing.T) {
				t.Parallel()
				s := &setting{program: program.Path(t), command: how.command, pipeline: how.pipeline, server: realftp.Start(t, server, realftp.Options{})}
				killEverywhere(t, s.killAt)
			})
		}
	}
}

// A setting is a command, a server, and whether commands are pipelined.
type setting struct {
	program, command, pipeline string
	server                     *realftp.Server
}

// killEverywhere makes a pass that is killed before its k-th call, for several k.
func killEverywhere(t *testing.T, killAt func(t *testing.T, k int) run) {
	start := time.Now()
	whole := killAt(t, 0)
	if whole.calls < 50 {
		t.Fatalf("a whole pass makes only %d calls that change something", whole.calls)
	}
	calls := chooseCalls(whole.calls, time.Now().YearDay())
	kinds := make(map[string]int)
	killed, slowest := 0, run{}
	for _, k := range calls {
		r := killAt(t, k)
		if r.code == -1 {
			killed++
			kind, _, _ := strings.Cut(r.at, " ")
			kinds[kind]++
		}
		if r.recovery > slowest.recovery {
			slowest = r
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("killed at %d calls of %d in %v: %v", killed, whole.calls, time.Since(start).Round(time.Second), kinds)
	t.Logf("the longest recovery took %v, after a kill before call %s", slowest.recovery.Round(time.Millisecond), slowest.at)
	if killed < len(calls)/2 { // passes differ in length, and a shorter one does not reach the last calls
		t.Errorf("killed at only %d calls of %d that were tried", killed, len(calls))
	}
}

// chooseCalls returns the numbers from 1 to n to try: the first three, the last five,
// and others at equal distances, which are other ones each day.
func chooseCalls(n, day int) []int {
	if os.Getenv("FERRY_CRASH_ALL") == "1" {
		all := make([]int, n)
		for i := range all {
			all[i] = i + 1
		}
		return all
	}
	chosen := map[int]bool{}
	for i := range 3 {
		chosen[1+i] = true
	}
	for i := range 5 {
		chosen[n-i] = true
	}
	distance := (n - 8) / callsBetween
	for i := range callsBetween {
		chosen[4+i*distance+day%distance] = true
	}
	return slices.Sorted(maps.Keys(chosen))
}

// A scene is a pair that both users changed since the last pass.
type scene struct {
	*setting
	t             *testing.T
	local, remote string
	state, url    string
	known         map[string]bool // every content that a user wrote
	before        map[string]bool // every content that existed when ferry was started
}

// killAt sets up a pair, kills ferry before its k-th call (0: never), and checks
// what must be true afterwards. It returns the run that was killed.
func (s *setting) killAt(t *testing.T, k int) run {
	t.Helper()
	c := s.scene(t)
	sizes := make(map[int64]bool)
	for content := range c.known {
		sizes[int64(len(content))] = true
	}
	w := watchForPartialFiles(sizes, c.local, c.remote)
	killed := runAndKill(t, c.ferry(s.command), k)
	waitForServer(t, s.server)
	what := fmt.Sprintf("killed before call %d, %s", k, killed.at)
	if killed.code == -1 {
		c.wantWhole(what)
	} else if killed.code != 0 && killed.code != 5 {
		t.Fatalf("call %d was never made, yet exit code %d\n%s", k, killed.code, killed.out)
	}
	start := time.Now()
	after := c.run(s.command)
	killed.recovery = time.Since(start)
	if after.code != 0 && after.code != 5 {
		t.Errorf("%s: the next pass ended with %d\n%s", what, after.code, after.out)
	}
	if partial := w.end(); partial != "" {
		t.Errorf("%s: partial file: %s", what, partial)
	}
	c.wantWhole(what)
	c.wantEqual(what)
	c.wantKept(what)
	c.wantNothingToDo(what)
	if t.Failed() {
		t.Logf("%s\nthe killed run:\n%s\nthe next pass:\n%s", what, killed.out, after.out)
	}
	must(t, os.RemoveAll(c.remote))
	return killed
}

// passTimeout is the longest time of a pass. vsftpd blocks a file for a minute if its
// data connection was never made, and a lock without an owner must be unchanged for
// 40 seconds before it is broken.
const passTimeout = 4 * time.Minute

// scene syncs a new pair, and then changes files on both sides.
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
		changeSide(t, c.local, "here")
	}
	if s.command != "push" {
		changeSide(t, c.remote, "there")
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
	return runWhole(c.ferry(command, more...))
}

// runWhole runs a command to its end.
func runWhole(made *exec.Cmd) run {
	ctx, cancel := context.WithTimeout(context.Background(), passTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, made.Path, made.Args[1:]...)
	cmd.Env = made.Env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	return run{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), out: stdout.String() + stderr.String()}
}

// waitForServer waits until the server has closed the sessions of a killed client: it
// may still carry out its last command. A session that waits for a data connection
// notices nothing for a minute. It changes nothing more, so the next pass need not
// wait for it.
func waitForServer(t testing.TB, s *realftp.Server) {
	t.Helper()
	deadline := time.Now().Add(500 * time.Millisecond)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for sessions(t, s) > 0 && time.Now().Before(deadline) {
		<-tick.C
	}
}

// sessions returns the number of open control connections of the server.
func sessions(t testing.TB, s *realftp.Server) int {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	must(t, err)
	const established, closeWait = "01", "08"
	port, open := fmt.Sprintf(":%04X", s.Port), 0
	for line := range strings.Lines(string(table)) {
		f := strings.Fields(line)
		if len(f) > 3 && strings.HasSuffix(f[1], port) && (f[3] == established || f[3] == closeWait) {
			open++
		}
	}
	return open
}

// read returns both trees, and the contents in both trashes.
func (c *scene) read() (here, there tree, trash []string) {
	c.t.Helper()
	here, trash, _ = read(c.t, c.local)
	there, more, _ := read(c.t, c.remote)
	return here, there, append(trash, more...)
}

// wantWhole checks that every file has a content that a user wrote.
func (c *scene) wantWhole(when string) {
	c.t.Helper()
	here, there, trash := c.read()
	for side, tr := range map[string]tree{"local": here, "remote": there} {
		for name, content := range tr {
			if content != "/" && !c.known[content] {
				c.t.Errorf("%s: %s %s holds %s, which no user wrote", when, side, name, shorten(content))
			}
		}
	}
	for _, content := range trash {
		if !c.known[content] {
			c.t.Errorf("%s: the trash holds %s, which no user wrote", when, shorten(content))
		}
	}
}

// wantEqual checks that both trees are equal. A push or pull leaves the conflict
// copy on the side where it was made.
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
	if diff := cmp.Diff(here, there, cmp.Transformer("short", shorten)); diff != "" {
		c.t.Errorf("%s: trees differ (-local +remote):\n%s", when, diff)
	}
}

// wantKept checks that every content that existed when ferry was started still does,
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
			c.t.Errorf("%s: %s is lost", when, shorten(content))
		}
	}
}

// wantNothingToDo checks that the pass before has removed what the killed one left half
// written, and makes another pass, which must do nothing.
func (c *scene) wantNothingToDo(when string) {
	c.t.Helper()
	for _, root := range []string{c.local, c.remote} {
		if _, _, temps := read(c.t, root); len(temps) > 0 {
			c.t.Errorf("%s: temporary files were not removed: %q", when, temps)
		}
	}
	here, there, _ := c.read()
	more := []string{"--verify"}
	if c.command == "sync" {
		more = nil
	}
	r := c.run(c.command, more...)
	if did := r.changes(c.t); r.code != 0 || did != "" {
		c.t.Errorf("%s: another pass did %q and ended with %d\n%s", when, did, r.code, r.out)
	}
	nowHere, nowThere, _ := c.read()
	if diff := cmp.Diff([]tree{here, there}, []tree{nowHere, nowThere}, cmp.Transformer("short", shorten)); diff != "" {
		c.t.Errorf("%s: another pass changed something:\n%s", when, diff)
	}
}

// changes returns what a pass says it did, or "" for nothing.
func (r run) changes(t testing.TB) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	var sum map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &sum); err != nil || sum["type"] != "summary" {
		t.Errorf("the last line is not a summary: %v, %s", err, r.out)
	}
	var did []string
	for _, key := range []string{"uploaded", "downloaded", "deleted_local", "deleted_remote", "moved", "conflicts", "failed", "bytes_up", "bytes_down"} {
		if n, ok := sum[key].(float64); !ok || n != 0 {
			did = append(did, fmt.Sprint(key, " ", sum[key]))
		}
	}
	return strings.Join(did, ", ")
}
