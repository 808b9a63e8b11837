package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"
	"time"

	"ferry/internal/demo"
	"ferry/internal/ftpserver"
)

// A stalled is a run of the real program on a pair whose server stands still at
// some stage.
type stalled struct {
	*testing.T
	dir    string
	server *ftpserver.Server
	struck chan struct{}
	cmd    *exec.Cmd
	said   *output
}

// An output keeps what a program says while it runs.
type output struct {
	mu   stdsync.Mutex
	text strings.Builder
	more chan struct{} // takes one for each piece that came, or for several
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

// says waits until text was said, and reports false where that takes too long.
func (o *output) says(text string) bool {
	end := time.After(soon)
	for !strings.Contains(o.String(), text) {
		select {
		case <-o.more:
		case <-end:
			return false
		}
	}
	return true
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// newStalled makes a pair in which there is something to do for every kind of
// step, and a server with nothing wrong.
func newStalled(t *testing.T) *stalled {
	if runtime.GOOS == "windows" {
		t.Skip("there is no way to send a signal to another process")
	}
	s := &stalled{T: t, dir: t.TempDir(), struck: make(chan struct{})}
	s.check(os.MkdirAll(filepath.Join(s.dir, "there"), 0o755))
	for name, text := range map[string]string{
		"here/deleted.txt": "goes on the server", "here/renamed.txt": "gets another name on the server",
		"here/changed.txt": "first", "here/same.txt": "same",
	} {
		s.check(demo.WriteFile(s.dir, name, text))
	}
	var err error
	s.server, err = ftpserver.Start(ftpserver.Options{Root: filepath.Join(s.dir, "there"), Password: scriptPassword})
	s.check(err)
	t.Cleanup(func() { s.server.Close() })
	s.start("sync", "here", s.url())
	s.check(s.cmd.Wait())
	touched := time.Now().Add(-time.Hour) // so that there is something to record beside the rename
	s.check(errors.Join(
		os.Remove(filepath.Join(s.dir, "here", "deleted.txt")),
		os.Rename(filepath.Join(s.dir, "here", "renamed.txt"), filepath.Join(s.dir, "here", "other.txt")),
		os.Chtimes(filepath.Join(s.dir, "here", "other.txt"), touched, touched),
		demo.WriteFile(s.dir, "here/changed.txt", "and longer"),
		demo.WriteFile(s.dir, "here/new/up.txt", strings.Repeat("up", 50_000)),
		demo.WriteFile(s.dir, "there/down.txt", strings.Repeat("down", 50_000)),
	))
	return s
}

func (s *stalled) url() string { return "ftp://ferry@" + s.server.Addr() }

func (s *stalled) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// start starts the program.
func (s *stalled) start(args ...string) {
	s.Helper()
	s.said = &output{more: make(chan struct{}, 1)}
	s.cmd = exec.Command("ferry", args...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, s.said, s.said
	s.cmd.Env = append(os.Environ(), "FERRY_PASSWORD="+scriptPassword, "FERRY_STATE_DIR="+filepath.Join(s.dir, "state"), "HOME="+s.dir)
	s.check(s.cmd.Start())
}

// stall makes the server stand still in the way that f says, once.
func (s *stalled) stall(f ftpserver.Fault) {
	f.Times = 1
	f.Hook = func() { close(s.struck) }
	s.server.Faults().Add(f)
}

// awaits waits until the server stands still.
func (s *stalled) awaits() {
	s.Helper()
	select {
	case <-s.struck:
	case <-time.After(20 * time.Second):
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.Fatalf("the program has not come so far:\n%s\n%s", s.said, strings.Join(s.server.Transcript(), "\n"))
	}
}

// leaves waits for the program to end, interrupted, and returns how long that
// took.
func (s *stalled) leaves() time.Duration {
	s.Helper()
	begin := time.Now()
	watchdog := time.AfterFunc(30*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer watchdog.Stop()
	var exit *exec.ExitError
	if err := s.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != ExitInterrupted {
		s.Fatalf("%v, want exit %d\n%s", err, ExitInterrupted, s.said)
	}
	return time.Since(begin)
}

// soon is how long an interrupted program may take to leave in order: a second
// or two, and one more for a machine that has much to do.
const soon = 3 * time.Second

// goesOn makes the next pass, after which both sides must be equal and complete.
func (s *stalled) goesOn() {
	s.Helper()
	s.server.Faults().Clear()
	s.start("sync", "here", s.url())
	if err := s.cmd.Wait(); err != nil {
		s.Fatalf("the next pass: %v\n%s", err, s.said)
	}
	here, there := s.tree("here"), s.tree("there")
	files, err := demo.SameTrees(here, there)
	s.check(err)
	if got, want := strings.Join(files, " "), "changed.txt down.txt new/up.txt other.txt same.txt"; got != want {
		s.Errorf("after the next pass there are %s, want %s", got, want)
	}
	if here["changed.txt"] != "and longer" || len(here["new/up.txt"]) != 100_000 || len(here["down.txt"]) != 200_000 {
		s.Errorf("after the next pass the files are not what they should be")
	}
}

// tree returns the files of a side. Nothing half-written may be among them.
func (s *stalled) tree(side string) map[string]string {
	s.Helper()
	tree, err := demo.ReadTree(filepath.Join(s.dir, side))
	s.check(err)
	return tree
}

// The first Ctrl-C ends a pass in order, at every stage, whether the server
// answers or not; what was finished is recorded, and the next pass goes on.
func TestInterrupt(t *testing.T) {
	for _, stage := range []struct {
		name  string
		fault ftpserver.Fault
	}{
		{"greeting", ftpserver.Fault{Command: "CONNECT", Stall: true}},
		{"login", ftpserver.Fault{Command: "USER", Stall: true}},
		{"listing, command", ftpserver.Fault{Command: "LISTING", Stall: true}},
		{"listing, data", ftpserver.Fault{Command: "LISTING", Data: ftpserver.StallAt(20)}},
		{"renaming", ftpserver.Fault{Command: "RNTO", Path: "other.txt", Stall: true}},
		{"making a directory", ftpserver.Fault{Command: "MKD", Path: "new", Stall: true}},
		{"uploading, command", ftpserver.Fault{Command: "STOR", Path: "*.part", Stall: true}},
		{"uploading, data", ftpserver.Fault{Command: "STOR", Path: "/new/.ferry-*.part", Data: ftpserver.StallAt(30_000)}},
		{"replacing", ftpserver.Fault{Command: "RNTO", Path: "changed.txt", Stall: true}},
		{"downloading, command", ftpserver.Fault{Command: "RETR", Path: "down.txt", Stall: true}},
		{"downloading, data", ftpserver.Fault{Command: "RETR", Path: "down.txt", Data: ftpserver.StallAt(30_000)}},
		{"deleting", ftpserver.Fault{Command: "RNFR|DELE", Path: "deleted.txt", Stall: true}},
		{"locking", ftpserver.Fault{Command: "MKD", Path: "/.ferry/*", Stall: true}},
		{"unlocking", ftpserver.Fault{Command: "RMD", Path: "/.ferry/*", Stall: true}},
	} {
		t.Run(stage.name, func(t *testing.T) {
			t.Parallel()
			s := newStalled(t)
			s.stall(stage.fault)
			s.start("sync", "here", s.url())
			s.awaits()
			s.check(s.cmd.Process.Signal(os.Interrupt))
			if took := s.leaves(); took > soon {
				t.Errorf("it took %v to leave, want at most %v\n%s", took, soon, s.said)
			}
			if !strings.Contains(s.said.String(), "ferry: error: interrupted") {
				t.Errorf("the user is not told:\n%s", s.said)
			}
			s.goesOn()
		})
	}
}

// The second Ctrl-C leaves at once, whatever the first one waits for.
func TestInterruptTwice(t *testing.T) {
	s := newStalled(t)
	s.stall(ftpserver.Fault{Command: "RNTO", Path: "changed.txt", Stall: true})
	s.start("sync", "here", s.url())
	s.awaits()
	s.check(s.cmd.Process.Signal(os.Interrupt))
	if !s.said.says("Ctrl-C once more") {
		t.Fatalf("the user does not hear what is waited for:\n%s", s.said)
	}
	s.check(s.cmd.Process.Signal(os.Interrupt))
	if took := s.leaves(); took > grace/2 {
		t.Errorf("it took %v to leave\n%s", took, s.said)
	}
	s.goesOn()
}

// SIGTERM is as Ctrl-C: a service manager ends a pass in order too.
func TestTerminate(t *testing.T) {
	s := newStalled(t)
	s.stall(ftpserver.Fault{Command: "STOR", Path: "*.part", Stall: true})
	s.start("sync", "here", s.url())
	s.awaits()
	s.check(s.cmd.Process.Signal(syscall.SIGTERM))
	s.leaves()
	s.goesOn()
}

// The other commands end in order as well.
func TestInterruptOthers(t *testing.T) {
	for _, command := range []string{"status", "check", "trash", "conflicts"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := newStalled(t)
			s.stall(ftpserver.Fault{Command: "LISTING", Stall: true})
			if command == "trash" {
				s.check(os.MkdirAll(filepath.Join(s.dir, "there/.ferry/trash/20240102-030405"), 0o755))
			}
			s.start(command, "here", s.url())
			s.awaits()
			s.check(s.cmd.Process.Signal(os.Interrupt))
			if took := s.leaves(); took > soon {
				t.Errorf("it took %v to leave, want at most %v\n%s", took, soon, s.said)
			}
			s.goesOn()
		})
	}
}
