package readme

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A terminal runs commands of a shell as a person at a terminal would.
type terminal struct {
	dir string
	env []string

	mu      sync.Mutex
	answers []answer        // what is typed where a question waits
	shown   strings.Builder // by the last command, without carriage returns
	all     strings.Builder // by all commands, as it was written
	changed chan struct{}
}

// columns is the width of every terminal.
const columns = 110

// An answer is what a person types when a question like this waits.
type answer struct {
	question *regexp.Regexp
	typed    string
}

// patience is the longest time of a command.
const patience = time.Minute

// A command is one that runs.
type command struct {
	*testing.T
	line   string
	shell  *exec.Cmd
	master *os.File
	ended  chan struct{}
	stop   *time.Timer
}

// start runs a line in a shell.
func (tt *terminal) start(t *testing.T, line string) *command {
	t.Helper()
	master, tty, err := openTerminal()
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	defer tty.Close()
	tt.mu.Lock()
	tt.shown.Reset()
	tt.mu.Unlock()
	c := &command{T: t, line: line, shell: exec.Command("/bin/sh", "-c", "exec "+line), master: master, ended: make(chan struct{})}
	c.shell.Dir, c.shell.Env = tt.dir, tt.env
	c.shell.Stdin, c.shell.Stdout, c.shell.Stderr = tty, tty, tty
	c.shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.shell.Start(); err != nil {
		t.Fatal(err)
	}
	c.stop = time.AfterFunc(patience, func() { _ = c.shell.Process.Kill() })
	go tt.read(c)
	return c
}

// read collects what a command shows, and answers its questions.
func (tt *terminal) read(c *command) {
	defer close(c.ended)
	b := make([]byte, 4096)
	for {
		n, err := c.master.Read(b)
		if err != nil {
			return
		}
		tt.mu.Lock()
		tt.all.Write(b[:n])
		tt.shown.WriteString(strings.ReplaceAll(string(b[:n]), "\r", ""))
		text := tt.shown.String()
		last := text[strings.LastIndexByte(text, '\n')+1:]
		last = strings.TrimPrefix(last, "\x1b[1A\x1b[J") // a spinner stood above the question
		for i, a := range tt.answers {
			if a.question.MatchString(last) {
				tt.answers = append(tt.answers[:i:i], tt.answers[i+1:]...)
				_, _ = c.master.WriteString(a.typed)
				break
			}
		}
		close(tt.changed)
		tt.changed = make(chan struct{})
		tt.mu.Unlock()
	}
}

// await waits until a command has shown something.
func (tt *terminal) await(c *command, shown string) {
	c.Helper()
	tt.awaitThat(c, shown, func() bool { return strings.Contains(tt.shown.String(), shown) })
}

// awaitThat waits until something is so. It asks whenever the terminal has changed, and holds tt.mu then.
func (tt *terminal) awaitThat(c *command, what string, isSo func() bool) {
	c.Helper()
	for {
		tt.mu.Lock()
		so, text, changed := isSo(), tt.shown.String(), tt.changed
		tt.mu.Unlock()
		if so {
			return
		}
		select {
		case <-changed:
		case <-c.ended:
			c.Fatalf("%s: ended without %s:\n%s", c.line, what, text)
		}
	}
}

// end waits for a command and returns what it has shown. It must exit with that code.
func (tt *terminal) end(c *command, code int) string {
	c.Helper()
	err := c.shell.Wait()
	<-c.ended
	c.stop.Stop()
	c.master.Close()
	tt.mu.Lock()
	defer tt.mu.Unlock()
	text := tt.shown.String()
	c.Logf("$ %s\n%s", c.line, text)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.Fatal(err)
	}
	if got := c.shell.ProcessState.ExitCode(); got != code {
		c.Fatalf("exit %d, want %d", got, code)
	}
	return text
}

// run is start and end.
func (tt *terminal) run(t *testing.T, line string) string {
	t.Helper()
	return tt.end(tt.start(t, line), 0)
}

// openTerminal opens a pseudo-terminal: the end of the person, and that of the program.
func openTerminal() (master, tty *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = errors.Join(
			unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0),
			unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: 30}),
		)
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	return master, tty, nil
}
