package many

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) {
	code := realftp.Main(m)
	program.Remove()
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A house is many profiles, each with a directory here and one on a server.
type house struct {
	testing.TB
	dir    string
	config strings.Builder
	names  []string
}

func newHouse(t testing.TB) *house {
	h := &house{TB: t, dir: t.TempDir()}
	h.config.WriteString("profiles:\n")
	return h
}

// add adds a profile with further keys.
func (h *house) add(remote, more string) (local string) {
	name := "p" + strconv.Itoa(len(h.names))
	local = filepath.Join(h.dir, "pairs", name)
	must(h, os.MkdirAll(local, 0o755))
	h.names = append(h.names, name)
	fmt.Fprintf(&h.config, "  %s: {local: %q, remote: %q%s}\n", name, local, remote, more)
	return local
}

// command returns a command on all profiles.
func (h *house) command(args ...string) *exec.Cmd {
	file := filepath.Join(h.dir, "ferry.yaml")
	must(h, os.WriteFile(file, []byte(h.config.String()), 0o600))
	cmd := exec.Command(program.Path(h), append(args, "--config", file)...)
	cmd.Env = append(os.Environ(), "FERRY_STATE_DIR="+filepath.Join(h.dir, "state"), "HOME="+h.dir, "FERRY_PASSWORD="+realftp.Password)
	cmd.Dir = h.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// A watch is a running "ferry watch" of all profiles.
type watch struct {
	*house
	cmd   *exec.Cmd
	ended chan struct{}

	mu    stdsync.Mutex
	state map[string]string // by profile
	lines strings.Builder
}

func (h *house) watch(args ...string) *watch {
	w := &watch{house: h, cmd: h.command(append([]string{"watch", "--json"}, args...)...), ended: make(chan struct{}), state: map[string]string{}}
	out, err := w.cmd.StdoutPipe()
	must(h, err)
	talk, err := w.cmd.StderrPipe()
	must(h, err)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the kernel kills the child when the thread that started it ends
		err := w.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		var both stdsync.WaitGroup
		both.Go(func() { w.read(out) })
		both.Go(func() { w.read(talk) })
		both.Wait()
		_ = w.cmd.Wait()
		close(w.ended)
	}()
	must(h, <-started)
	h.Cleanup(func() {
		_ = w.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-w.ended:
		case <-time.After(30 * time.Second):
			_ = w.cmd.Process.Kill()
			<-w.ended
		}
		if h.Failed() {
			h.Logf("the output of ferry:\n%s", w.lines.String())
		}
	})
	return w
}

func (w *watch) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var l struct{ Type, State, Profile string }
		w.mu.Lock()
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Type == "state" {
			w.state[l.Profile] = l.State
		}
		if w.lines.Len() < 1<<16 {
			w.lines.WriteString(lines.Text() + "\n")
		}
		w.mu.Unlock()
	}
}

// idle is how many profiles are in step.
func (w *watch) idle() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, state := range w.state {
		if state == "idle" {
			n++
		}
	}
	return n
}

// until waits for a condition. seen, which may be nil, is called again and again meanwhile.
func (w *watch) until(what string, is func() bool, seen func()) {
	w.Helper()
	for end := time.Now().Add(3 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if seen != nil {
			seen()
		}
		select {
		case <-w.ended:
			w.Fatalf("ferry ended before this: %s", what)
		default:
		}
		if time.Now().After(end) {
			w.Fatalf("this did not happen: %s; %d of %d profiles are in step", what, w.idle(), len(w.names))
		}
	}
}

func holds(path, content string) bool {
	text, err := os.ReadFile(path)
	return err == nil && string(text) == content
}
