//go:build linux

package watch

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

func TestMain(m *testing.M) {
	code := realftp.Main(m)
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	once stdsync.Once
	dir  string
	err  error
}

// program builds ferry, once, and returns where it is. FERRY_PROGRAM names one that is there already.
func program(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("FERRY_PROGRAM"); path != "" {
		return path
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "ferry-standing-"); built.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", filepath.Join(built.dir, "ferry"), "../../..").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building ferry: %w\n%s", err, out)
		}
	})
	must(t, built.err)
	return filepath.Join(built.dir, "ferry")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// A line is what the program says with --json, as far as the tests ask.
type line struct {
	Type   string
	At     time.Time `json:"-"` // when it was read
	State  string
	Since  time.Time
	Reason string
	Hint   string
	Error  string
	Op     string
	Side   string
	Path   string
	From   string
	Size   int64
	OK     bool
	Exit   int

	Uploaded, Downloaded, Moved, Conflicts, Failed int
	DeletedLocal                                   int `json:"deleted_local"`
	DeletedRemote                                  int `json:"deleted_remote"`
	Adopted                                        int
	Seconds                                        float64
}

// A run is "ferry watch --json" at work.
type run struct {
	testing.TB
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended

	mu    stdsync.Mutex
	fresh chan struct{} // closed and made anew with each line
	lines []line
	text  strings.Builder // all it said, on both outputs
	next  int             // of lines, for await
}

// watch starts "ferry watch" on a pair, which ends with the test.
func (p *pair) watch(args ...string) *run {
	p.Helper()
	r := p.begin(args...)
	p.Cleanup(func() {
		r.kill()
		if p.Failed() {
			p.Logf("what ferry said:\n%s", r.said())
		}
	})
	return r
}

func (p *pair) begin(args ...string) *run {
	p.Helper()
	r := &run{TB: p.TB, cmd: exec.Command(program(p), slices.Concat([]string{"watch"}, p.args(), []string{"--json"}, args)...),
		done: make(chan struct{}), fresh: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = p.dir, p.env()
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := r.cmd.StdoutPipe()
	must(p, err)
	talk, err := r.cmd.StderrPipe()
	must(p, err)
	started := make(chan error)
	go func() {
		// The kernel kills the child when the thread ends that started it: this one lives as long as the child does.
		runtime.LockOSThread()
		err := r.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		var both stdsync.WaitGroup
		both.Go(func() { r.read(out, true) })
		both.Go(func() { r.read(talk, false) })
		both.Wait()
		_ = r.cmd.Wait()
		close(r.done)
	}()
	must(p, <-started)
	return r
}

// read takes in what the program says.
func (r *run) read(from io.Reader, parse bool) {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadString('\n')
		if text != "" {
			r.take(text, parse)
		}
		if err != nil {
			return
		}
	}
}

func (r *run) take(text string, parse bool) {
	l := line{At: time.Now()}
	var err error
	if parse {
		err = json.Unmarshal([]byte(text), &l)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.text.Len() < 1<<20 {
		r.text.WriteString(text)
	}
	if err != nil {
		r.Errorf("no JSON: %q: %v", text, err)
	}
	if parse {
		r.lines = append(r.lines, l)
		close(r.fresh)
		r.fresh = make(chan struct{})
	}
}

func (r *run) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// await returns the next line of which is says that it is the one. Each line is looked at once.
func (r *run) await(what string, is func(line) bool) line {
	r.Helper()
	end := time.After(patience)
	for {
		r.mu.Lock()
		for r.next < len(r.lines) {
			l := r.lines[r.next]
			r.next++
			if is(l) {
				r.mu.Unlock()
				return l
			}
		}
		fresh := r.fresh
		r.mu.Unlock()
		select {
		case <-fresh:
		case <-r.done:
			select {
			case <-fresh:
				continue
			default:
			}
			r.Fatalf("ferry ended before it said: %s\n%s", what, r.said())
		case <-end:
			r.Fatalf("in vain: %s\n%s", what, r.said())
		}
	}
}

// state waits until the pair is in a state.
func (r *run) state(state string) line {
	r.Helper()
	return r.await("state "+state, func(l line) bool { return l.Type == "state" && l.State == state })
}

// upload waits until a path was uploaded.
func (r *run) upload(path string) line {
	r.Helper()
	return r.await("upload of "+path, func(l line) bool { return l.Type == "action" && l.Op == "upload" && l.Path == path && l.OK })
}

// actions are the actions so far that went well, but for those on the file that tells the end.
func (r *run) actions() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]int)
	for _, l := range r.lines {
		if l.Type == "action" && l.OK && l.Path != sentinel {
			all[l.Op+" "+l.Side]++
		}
	}
	return all
}

// forget forgets the actions so far.
func (r *run) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines, r.next = nil, 0
}

// signal sends a signal.
func (r *run) signal(s os.Signal) {
	r.Helper()
	must(r, r.cmd.Process.Signal(s))
}

// kill ends the program at once.
func (r *run) kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}

// stop ends the program in order.
func (r *run) stop() {
	r.Helper()
	r.signal(syscall.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(patience):
		r.Fatalf("SIGTERM does not end it")
	}
	if code := r.cmd.ProcessState.ExitCode(); code != 0 {
		r.Errorf("exit %d after SIGTERM\n%s", code, r.said())
	}
}
