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
	"ferry/internal/test/program"
	"ferry/internal/test/realftp"
	"ferry/sync"

	"github.com/google/go-cmp/cmp"
)

// TestWatch lets users work on both sides while "ferry watch" keeps them in step, in spite of outages: connections are cut,
// the network goes down and comes back, and the server and ferry are killed and started again. In the end both sides must
// become equal by themselves, and the checks of TestSoak must hold.
//
// FERRY_SOAK says for how long, for example "1h". Give go test a longer -timeout then.
func TestWatch(t *testing.T) {
	long := duration(t, 40*time.Second)
	path := program.Path(t)
	for _, name := range []string{"proftpd", "vsftpd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSoak(t, name)
			s.proxy.controlLimit.Store(60_000)
			d := &watchSoak{soak: s, program: path, states: make(map[string]int), output: &tail{most: 64 << 10}}
			t.Cleanup(func() {
				d.kill()
				if t.Failed() {
					t.Logf("the last output of ferry:\n%s", d.output)
				}
			})
			d.runFor(long)
		})
	}
}

// A watchSoak is a soak of a watched pair, with outages.
type watchSoak struct {
	*soak
	program string
	cmd     *exec.Cmd
	read    stdsync.WaitGroup // of the output of cmd
	ended   chan struct{}     // closed when its output has ended
	output  *tail

	kills, restarts, outages, skipped int

	mu      stdsync.Mutex // guards what follows
	states  map[string]int
	summary sync.Summary // of all passes
	reports int
	waits   map[string]int // reasons
}

// runFor runs the soak for the given time, and checks the result.
func (d *watchSoak) runFor(long time.Duration) {
	start := time.Now()
	d.start()
	for time.Since(start) < long && !d.Failed() {
		d.step()
	}
	d.proxy.noCuts.Store(true)
	users := d.users[0].edits + d.users[1].edits
	calm := time.Now()
	d.waitUntilEqual()
	took := time.Since(calm)
	d.stop()
	d.wantWholeFiles()
	// A pass must have nothing to do.
	exit, sum, out := d.pass()
	if exit != cli.ExitOK || !isQuiet(sum) {
		d.Errorf("a pass had something left to do: exit %d\n%s", exit, out)
	}
	d.syncUntilQuiet()
	d.wantAllVersions()
	d.wantNothingLeft()
	d.Logf("%v: %d edits, %d versions of which %d are live; %d connections cut, %d outages, server killed %d times, ferry %d times",
		time.Since(start).Round(time.Second), users, d.versions.next, len(d.versions.live), d.proxy.cuts.Load(), d.outages, d.restarts, d.kills)
	d.Logf("%d passes that did something: %+v; states %v; equal %v after the last edit; %d edits were skipped because of the lock",
		d.reports, d.summary, d.states, took.Round(time.Millisecond), d.skipped)
	for reason, n := range d.waits {
		d.Logf("%d times: %s", n, reason)
	}
}

// step waits a moment and does one random thing.
func (d *watchSoak) step() {
	time.Sleep(time.Duration(d.dice.IntN(250)) * time.Millisecond) // users pause between edits
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
		time.Sleep(time.Duration(d.dice.IntN(3000)) * time.Millisecond) // the length of the outage
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
func (d *watchSoak) edits() {
	d.edit(d.users[0], d.dice.IntN(3))
	d.editRemote(d.dice.IntN(2))
}

// editRemote lets the user of the server work while no pass has the lock. FTP has no means to close the moment between a
// check and a rename, and that is not what this test is about.
func (d *watchSoak) editRemote(n int) {
	lock := filepath.Join(d.remote, ".ferry/lock")
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		d.proxy.lockOrder.Lock()
		if _, err := os.Lstat(lock); err != nil {
			d.edit(d.users[1], n)
			d.proxy.lockOrder.Unlock()
			return
		}
		d.proxy.lockOrder.Unlock()
	}
	d.skipped++
}

// start starts "ferry watch".
func (d *watchSoak) start() {
	d.Helper()
	url := fmt.Sprintf("ftp://%s@%s/tree", d.server.User, d.proxy.listener.Addr())
	cmd := exec.Command(d.program, "watch", d.local, url, "--json", "--mode", "passive", "--timeout", "5s", "--retries", "2",
		"--poll", "1s", "--max-delete", "100%")
	cmd.Dir = d.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir, "FERRY_PASSWORD=" + d.server.Password, "FERRY_STATE_DIR=" + filepath.Join(d.dir, "state")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	cmd.Stderr = d.output
	started, over := make(chan error), make(chan struct{})
	d.read.Go(func() {
		defer close(over)
		// The kernel kills the child when the thread that started it ends, so this thread lives until the output has ended.
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
	d.cmd, d.ended = cmd, over
}

// listen counts the states and summaries in the output.
func (d *watchSoak) listen(from io.Reader) {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		_, _ = d.output.Write(text)
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
			addSummary(&d.summary, l.Summary)
		}
		d.mu.Unlock()
	}
}

// end sends a signal to the program, and returns its exit code.
func (d *watchSoak) end(s os.Signal) int {
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

func (d *watchSoak) kill() {
	if d.cmd == nil {
		return
	}
	select {
	case <-d.ended:
		d.Errorf("ferry ended by itself\n%s", d.output)
	default:
	}
	_ = d.end(os.Kill)
}

func (d *watchSoak) stop() {
	if code := d.end(syscall.SIGTERM); code != 0 {
		d.Errorf("exit %d after SIGTERM\n%s", code, d.output)
	}
}

// waitUntilEqual waits until both sides are equal, and stay so for longer than ferry holds anything back.
func (d *watchSoak) waitUntilEqual() {
	d.Helper()
	const longest, rest = 4 * time.Minute, 8 * time.Second
	var since time.Time
	for end := time.Now().Add(longest); ; time.Sleep(100 * time.Millisecond) {
		local, remote := trees(d.T, d.local), trees(d.T, d.remote)
		switch {
		case !maps.Equal(local, remote):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > rest:
			return
		}
		if time.Now().After(end) {
			d.Errorf("%v after the last edit the trees differ (-local +remote):\n%s", longest, cmp.Diff(local, remote))
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
