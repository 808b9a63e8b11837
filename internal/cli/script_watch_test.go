package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"ferry/internal/demo"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptPatience is how long a script waits for what must come.
const scriptPatience = 60 * time.Second

// handedOn are the variables of a script that commands in the background see.
var handedOn = []string{
	"PATH", "HOME", "USERPROFILE", "TMPDIR", "FERRY_STATE_DIR", "FERRY_PASSWORD", "SECRET", "XDG_RUNTIME_DIR",
	"NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM", "GOCOVERDIR", "SYSTEMROOT",
}

func scriptStart(ts *testscript.TestScript, _ bool, args []string) {
	s := scriptOf(ts)
	name := args[0]
	if s.running[name] != nil {
		ts.Fatalf("%s is running", name)
	}
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, v := range handedOn {
		if value := ts.Getenv(v); value != "" {
			cmd.Env = append(cmd.Env, v+"="+value)
		}
	}
	out, err := os.Create(ts.MkAbs(name + ".out"))
	ts.Check(err)
	defer out.Close()
	talk, err := os.Create(ts.MkAbs(name + ".err"))
	ts.Check(err)
	defer talk.Close()
	cmd.Stdout, cmd.Stderr = out, talk
	ts.Check(cmd.Start())
	s.running[name] = cmd
}

// stopAll ends what a script left in the background.
func (s *scripted) stopAll() {
	for _, cmd := range s.running {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if s.manager != nil {
		_ = s.manager.Close()
	}
}

var scriptSignals = map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": os.Interrupt, "HUP": syscall.SIGHUP, "KILL": os.Kill}

func scriptSignal(ts *testscript.TestScript, _ bool, args []string) {
	cmd, signal := scriptOf(ts).running[args[0]], scriptSignals[args[1]]
	if cmd == nil || signal == nil {
		ts.Fatalf("no %s is running, or there is no signal %s", args[0], args[1])
	}
	ts.Check(cmd.Process.Signal(signal))
}

func scriptEnds(ts *testscript.TestScript, _ bool, args []string) {
	s, name := scriptOf(ts), args[0]
	cmd := s.running[name]
	if cmd == nil {
		ts.Fatalf("no %s is running", name)
	}
	stuck := time.AfterFunc(scriptPatience, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	_ = cmd.Wait()
	delete(s.running, name)
	out, talk := ts.ReadFile(name+".out"), ts.ReadFile(name+".err")
	if !stuck.Stop() {
		ts.Fatalf("%s did not end\n%s%s", name, out, talk)
	}
	if got := fmt.Sprint(cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit %s, want %s\n%s%s", got, args[1], out, talk)
	}
	if strings.Contains(out+talk, scriptPassword) {
		ts.Fatalf("the password is in the output:\n%s%s", out, talk)
	}
}

// scriptUntil waits for files, as long as whatever runs may take.
func scriptUntil(ts *testscript.TestScript, _ bool, args []string) {
	check := untilMatches
	switch args[0] {
	case "exists", "gone":
		check = untilThere
	case "equal":
		check = untilEqual
	case "exits":
		check = untilExits
	}
	end := time.Now().Add(scriptPatience)
	for {
		err := check(ts, args)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			var said strings.Builder
			for name := range scriptOf(ts).running {
				fmt.Fprintf(&said, "%s:\n%s%s", name, ts.ReadFile(name+".out"), ts.ReadFile(name+".err"))
			}
			ts.Fatalf("waiting: %v\n%s", err, said.String())
		}
		time.Sleep(20 * time.Millisecond) // between two looks at something outside this process
	}
}

func untilExits(ts *testscript.TestScript, args []string) error {
	err := ts.Exec(args[2], args[3:]...)
	code := "0"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = fmt.Sprint(exit.ExitCode())
	}
	if code != args[1] {
		return fmt.Errorf("exit %s, want %s: %s%s", code, args[1], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
	return nil
}

func untilThere(ts *testscript.TestScript, args []string) error {
	for _, name := range args[1:] {
		_, err := os.Lstat(ts.MkAbs(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if there := err == nil; there != (args[0] == "exists") {
			return fmt.Errorf("%s exists: %v", name, there)
		}
	}
	return nil
}

func untilEqual(ts *testscript.TestScript, args []string) error {
	a, err := demo.ReadTree(ts.MkAbs(args[1]))
	if err != nil {
		return err
	}
	b, err := demo.ReadTree(ts.MkAbs(args[2]))
	if err != nil {
		return err
	}
	_, err = demo.SameTrees(a, b)
	return err
}

func untilMatches(ts *testscript.TestScript, args []string) error {
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	rest := string(text)
	for _, pattern := range args[1:] {
		at := regexp.MustCompile("(?m)" + pattern).FindStringIndex(rest)
		if at == nil {
			return fmt.Errorf("%s has no %q behind the last match, but %q", args[0], pattern, rest)
		}
		rest = rest[at[1]:]
	}
	return nil
}

// scriptManager writes what a service would tell its manager to manager.out, a
// line a message.
func scriptManager(ts *testscript.TestScript, _ bool, _ []string) {
	path := filepath.Join(ts.MkAbs("."), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	ts.Check(err)
	scriptOf(ts).manager = conn
	out, err := os.Create(ts.MkAbs("manager.out"))
	ts.Check(err)
	ts.Setenv("NOTIFY_SOCKET", path)
	go func() {
		defer out.Close()
		b := make([]byte, 4096)
		for {
			n, err := conn.Read(b)
			if err != nil {
				return
			}
			fmt.Fprintln(out, strings.ReplaceAll(string(b[:n]), "\n", " "))
		}
	}()
}

// scriptJSONLines holds that every line of a file is one object with a type, and
// that there are some of each of the types named.
func scriptJSONLines(ts *testscript.TestScript, _ bool, args []string) {
	seen := make(map[string]int)
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[0])))
	for lines.Scan() {
		var object struct{ Type string }
		if err := json.Unmarshal(lines.Bytes(), &object); err != nil || object.Type == "" {
			ts.Fatalf("not an object with a type: %s (%v)", lines.Text(), err)
		}
		seen[object.Type]++
	}
	for _, want := range args[1:] {
		if seen[want] == 0 {
			ts.Fatalf("no %q among %v", want, seen)
		}
	}
}
