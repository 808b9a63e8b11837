//go:build linux

package watch

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
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

// timeout is how long a test waits for something that must happen.
const timeout = 2 * time.Minute

// A line is one line of output with --json: the fields that the tests use.
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

// A watchProcess is a running "ferry watch --json".
type watchProcess struct {
	testing.TB
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended

	mu      stdsync.Mutex
	changed chan struct{} // closed and replaced with each line
	lines   []line
	text    strings.Builder // standard output and standard error
	next    int             // index of the next line for await
}

// watch starts "ferry watch" on a pair. It is killed at the end of the test.
func (p *pair) watch(args ...string) *watchProcess {
	p.Helper()
	r := p.start(args...)
	p.Cleanup(func() {
		r.kill()
		if p.Failed() {
			p.Logf("the output of ferry:\n%s", r.output())
		}
	})
	return r
}

func (p *pair) start(args ...string) *watchProcess {
	p.Helper()
	r := &watchProcess{TB: p.TB, cmd: exec.Command(program.Path(p), slices.Concat([]string{"watch"}, p.args(), []string{"--json"}, args)...),
		done: make(chan struct{}), changed: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = p.dir, p.env()
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := r.cmd.StdoutPipe()
	must(p, err)
	talk, err := r.cmd.StderrPipe()
	must(p, err)
	started := make(chan error)
	go func() {
		// The kernel kills the child when the thread that started it ends, so this thread must live as long as the child.
		runtime.LockOSThread()
		err := r.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		var both stdsync.WaitGroup
		both.Go(func() { r.readLines(out, true) })
		both.Go(func() { r.readLines(talk, false) })
		both.Wait()
		_ = r.cmd.Wait()
		close(r.done)
	}()
	must(p, <-started)
	return r
}

// readLines reads the output of the process.
func (r *watchProcess) readLines(from io.Reader, parse bool) {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadString('\n')
		if text != "" {
			r.addLine(text, parse)
		}
		if err != nil {
			return
		}
	}
}

func (r *watchProcess) addLine(text string, parse bool) {
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
		r.Errorf("not JSON: %q: %v", text, err)
	}
	if parse {
		r.lines = append(r.lines, l)
		close(r.changed)
		r.changed = make(chan struct{})
	}
}

func (r *watchProcess) output() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// await returns the next line for which is returns true. It checks each line once.
func (r *watchProcess) await(what string, is func(line) bool) line {
	r.Helper()
	end := time.After(timeout)
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
		fresh := r.changed
		r.mu.Unlock()
		select {
		case <-fresh:
		case <-r.done:
			select {
			case <-fresh:
				continue
			default:
			}
			r.Fatalf("ferry ended before this: %s\n%s", what, r.output())
		case <-end:
			r.Fatalf("timeout: %s\n%s", what, r.output())
		}
	}
}

// state waits until the pair is in this state.
func (r *watchProcess) state(state string) line {
	r.Helper()
	return r.await("state "+state, func(l line) bool { return l.Type == "state" && l.State == state })
}

// upload waits until a path was uploaded.
func (r *watchProcess) upload(path string) line {
	r.Helper()
	return r.await("upload of "+path, func(l line) bool { return l.Type == "action" && l.Op == "upload" && l.Path == path && l.OK })
}

// actions counts the successful actions so far, without those on the sentinel.
func (r *watchProcess) actions() map[string]int {
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
func (r *watchProcess) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines, r.next = nil, 0
}

// signal sends a signal.
func (r *watchProcess) signal(s os.Signal) {
	r.Helper()
	must(r, r.cmd.Process.Signal(s))
}

// pause stops the process until it gets SIGCONT.
func (r *watchProcess) pause() {
	r.Helper()
	r.signal(syscall.SIGSTOP)
	end := time.Now().Add(timeout)
	for !r.paused() {
		if time.Now().After(end) {
			r.Fatal("the process does not stop at SIGSTOP")
		}
		time.Sleep(time.Millisecond)
	}
}

// paused reports whether the process is stopped by a signal.
func (r *watchProcess) paused() bool {
	r.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	must(r, err)
	return strings.Contains(string(stat), ") T ")
}

// kill kills the process.
func (r *watchProcess) kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}

// stop ends the process with SIGTERM.
func (r *watchProcess) stop() {
	r.Helper()
	r.signal(syscall.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(timeout):
		r.Fatalf("the process does not end after SIGTERM")
	}
	if code := r.cmd.ProcessState.ExitCode(); code != 0 {
		r.Errorf("exit %d after SIGTERM\n%s", code, r.output())
	}
}
