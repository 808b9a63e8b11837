//go:build linux

package soak

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"ferry/internal/cli"
	"ferry/internal/test/realftp"
	"ferry/sync"

	"github.com/google/go-cmp/cmp"
)

// TestWatch lets users work on both sides while "ferry watch" keeps them in step, through a bad day: connections are cut,
// the network goes and comes back, the server is killed and started again, and ferry is killed and started again. In the
// end both sides must become equal by themselves, and what holds after TestSoak must hold.
//
// FERRY_SOAK says for how long, as "1h". Give go test a longer -timeout then.
func TestWatch(t *testing.T) {
	long := duration(t, 40*time.Second)
	program := build(t)
	for _, name := range []string{"proftpd", "vsftpd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSoak(t, name)
			s.proxy.controlLife.Store(60_000)
			d := &day{soak: s, program: program, states: make(map[string]int), said: &tail{most: 64 << 10}}
			t.Cleanup(func() {
				d.kill()
				if t.Failed() {
					t.Logf("what ferry said last:\n%s", d.said)
				}
			})
			d.live(long)
		})
	}
}

// build builds ferry. FERRY_PROGRAM names one that is there already.
func build(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("FERRY_PROGRAM"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "ferry")
	if out, err := exec.Command("go", "build", "-o", path, "../../..").CombinedOutput(); err != nil {
		t.Fatalf("building ferry: %v\n%s", err, out)
	}
	return path
}

// A day is what happens to a pair that is watched.
type day struct {
	*soak
	program string
	cmd     *exec.Cmd
	read    stdsync.WaitGroup // of what cmd says
	over    chan struct{}     // closed when it says no more
	said    *tail

	kills, restarts, outages, refused int

	mu      stdsync.Mutex // guards what follows
	states  map[string]int
	summary sync.Summary // of all passes
	reports int
	waits   map[string]int // reasons
}

// live lets the day pass, and asks what has become of everything.
func (d *day) live(long time.Duration) {
	start := time.Now()
	d.start()
	for time.Since(start) < long && !d.Failed() {
		d.moment()
	}
	d.proxy.calm.Store(true)
	users := d.users[0].edits + d.users[1].edits
	calm := time.Now()
	d.becomeEqual()
	took := time.Since(calm)
	d.stop()
	d.wantWhole()
	// What is left for a pass is nothing.
	exit, sum, out := d.pass()
	if sum.Seconds = 0; exit != cli.ExitOK || sum != (sync.Summary{}) {
		d.Errorf("something was left to be done: exit %d\n%s", exit, out)
	}
	d.rest()
	d.wantAll()
	d.wantNothingLeft()
	d.Logf("%v: %d edits, %d versions of which %d are live; %d connections cut, %d outages, server killed %d times, ferry %d times",
		time.Since(start).Round(time.Second), users, d.versions.next, len(d.versions.live), d.proxy.cuts.Load(), d.outages, d.restarts, d.kills)
	d.Logf("%d passes that did something: %+v; states %v; equal %v after the last edit; %d edits gave way to the lock",
		d.reports, d.summary, d.states, took.Round(time.Millisecond), d.refused)
	for reason, n := range d.waits {
		d.Logf("%d times: %s", n, reason)
	}
}

// moment lets a moment pass, and something happen in it.
func (d *day) moment() {
	time.Sleep(time.Duration(d.dice.IntN(250)) * time.Millisecond) // it is the users who pause
	switch n := d.dice.IntN(1000); {
	case n < 12:
		d.kills++
		d.kill()
		d.edit(d.users[0], d.dice.IntN(4))
		d.start()
	case n < 16:
		d.restarts++
		d.server.Stop()
		d.edits()
		time.Sleep(time.Duration(d.dice.IntN(3000)) * time.Millisecond) // how long it is away
		d.server.StartAgain(d.T, realftp.Password)
	case n < 20:
		d.outages++
		d.proxy.down.Store(true)
		d.edits()
		time.Sleep(time.Duration(d.dice.IntN(3000)) * time.Millisecond)
		d.proxy.down.Store(false)
	default:
		d.edits()
	}
}

// edits lets both users do something.
func (d *day) edits() {
	d.edit(d.users[0], d.dice.IntN(3))
	d.editThere(d.dice.IntN(2))
}

// editThere lets the user of the server work, between the locks of passes: no FTP command closes the moment between a
// look and a rename, and that moment is not the matter here.
func (d *day) editThere(n int) {
	lock := filepath.Join(d.there, ".ferry/lock")
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		d.proxy.order.Lock()
		if _, err := os.Lstat(lock); err != nil {
			d.edit(d.users[1], n)
			d.proxy.order.Unlock()
			return
		}
		d.proxy.order.Unlock()
	}
	d.refused++
}

// start starts "ferry watch".
func (d *day) start() {
	d.Helper()
	url := fmt.Sprintf("ftp://%s@%s/tree", d.server.User, d.proxy.listener.Addr())
	cmd := exec.Command(d.program, "watch", d.here, url, "--json", "--mode", "passive", "--timeout", "5s", "--retries", "2",
		"--poll", "1s", "--max-delete", "100%")
	cmd.Dir = d.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir, "FERRY_PASSWORD=" + d.server.Password, "FERRY_STATE_DIR=" + filepath.Join(d.dir, "state")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	cmd.Stderr = d.said
	started, over := make(chan error), make(chan struct{})
	d.read.Go(func() {
		defer close(over)
		// The kernel kills the child when the thread ends that started it: this one lives as long as what it says is read.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			d.listen(out)
		}
	})
	if err := <-started; err != nil {
		d.Fatal(err)
	}
	d.cmd, d.over = cmd, over
}

// listen counts what the program says.
func (d *day) listen(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		_, _ = d.said.Write(text)
		var l struct {
			Type, State, Reason string
			sync.Summary
		}
		if err := json.Unmarshal(text, &l); err != nil {
			d.Errorf("%q: %v", text, err)
			continue
		}
		d.mu.Lock()
		switch l.Type {
		case "state":
			d.states[l.State]++
			if l.Reason != "" {
				if d.waits == nil {
					d.waits = make(map[string]int)
				}
				d.waits[l.State+": "+l.Reason]++
			}
		case "summary":
			d.reports++
			add(&d.summary, l.Summary)
		}
		d.mu.Unlock()
	}
}

// end ends the program with a signal, and returns its exit code.
func (d *day) end(s os.Signal) int {
	if d.cmd == nil {
		return 0
	}
	if err := d.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		d.Error(err)
	}
	d.read.Wait()
	_ = d.cmd.Wait()
	code := d.cmd.ProcessState.ExitCode()
	d.cmd = nil
	return code
}

func (d *day) kill() {
	if d.cmd == nil {
		return
	}
	select {
	case <-d.over:
		d.Errorf("ferry had ended by itself\n%s", d.said)
	default:
	}
	_ = d.end(os.Kill)
}

func (d *day) stop() {
	if code := d.end(syscall.SIGTERM); code != 0 {
		d.Errorf("exit %d after SIGTERM\n%s", code, d.said)
	}
}

// becomeEqual waits until both sides are equal and stay so for longer than ferry keeps anything back.
func (d *day) becomeEqual() {
	d.Helper()
	const longest, rest = 4 * time.Minute, 8 * time.Second
	var since time.Time
	for end := time.Now().Add(longest); ; time.Sleep(100 * time.Millisecond) {
		here, there := trees(d.T, d.here), trees(d.T, d.there)
		switch {
		case !maps.Equal(here, there):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > rest:
			return
		}
		if time.Now().After(end) {
			d.Errorf("%v after the last edit the trees differ (-here +there):\n%s", longest, cmp.Diff(here, there))
			return
		}
	}
}

// A tail keeps the last bytes that were written to it.
type tail struct {
	mu   stdsync.Mutex
	most int
	text []byte
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if len(t.text) > 2*t.most {
		t.text = bytes.Clone(t.text[len(t.text)-t.most:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text[max(0, len(t.text)-t.most):])
}
