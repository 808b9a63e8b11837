package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptTerminal is "terminal ANSWERS CODE CMD...": it runs a command on a terminal, and types the next line of a file
// whenever a question waits. When there are no more lines it ends the input. What the terminal shows is in the file
// "terminal"; it must not hold the password.
func scriptTerminal(ts *testscript.TestScript, _ bool, args []string) {
	answers := strings.SplitAfter(os.Expand(ts.ReadFile(args[0]), ts.Getenv), "\n")
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	master, tty, err := pty.Open()
	ts.Check(err)
	defer master.Close()
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	cmd := exec.Command(path, args[3:]...)
	cmd.Args[0] = args[2]
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), tty, tty, tty
	for _, name := range []string{"HOME", "PATH", "TMPDIR", "SystemRoot", "FERRY_STATE_DIR", "FERRY_PASSWORD", "FERRY_TEST_KEYRING", "SSL_CERT_FILE", "URL", "WORK", "NO_COLOR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	shown := &shownText{}
	read := make(chan bool)
	go func() {
		defer close(read)
		buffer := make([]byte, 4096)
		for {
			n, err := master.Read(buffer)
			if shown.add(buffer[:n]) {
				line := "\x04"
				if len(answers) > 0 && answers[0] != "" {
					line, answers = answers[0], answers[1:]
				}
				_, _ = master.WriteString(line)
			}
			if err != nil {
				return // the other end is closed
			}
		}
	}()
	stop := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	stop.Stop()
	tty.Close()
	<-read
	text := shown.text.String()
	ts.Check(os.WriteFile(ts.MkAbs("terminal"), []byte(text), 0o600))
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	switch left := strings.Join(answers, ""); {
	case got != want:
		ts.Fatalf("exit %d, want %d\n%s", got, want, text)
	case left != "":
		ts.Fatalf("nobody asked for %q\n%s", left, text)
	case strings.Contains(text, scriptPassword):
		ts.Fatalf("the password is shown:\n%s", text)
	}
}

// shownText is what a terminal shows.
type shownText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var waits = regexp.MustCompile(`(: |\? |\] )$`)

// add takes more text, and reports whether it ends in a question. Without its line end it is no echo of an answer.
func (s *shownText) add(more []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range more {
		if b != '\r' {
			s.text.WriteByte(b)
		}
	}
	return len(more) > 0 && waits.Match(s.text.Bytes())
}
