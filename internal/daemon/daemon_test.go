package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ferry/sync/watch"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("FERRY_TEST_CLAIM"); dir != "" { // the process that TestKilled kills
		if _, err := Acquire(dir, "pair", os.Getenv("FERRY_TEST_RUNTIME")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("claimed")
		select {}
	}
	goleak.VerifyTestMain(m)
}

// shortDir returns a directory with a short path: t.TempDir is too long for a
// socket on some systems.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func acquire(t *testing.T, dir string) *Claim {
	t.Helper()
	c, err := Acquire(dir, "pair", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func find(t *testing.T, dir string) *Peer {
	t.Helper()
	p, err := Find(t.Context(), dir, "pair")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestAsk(t *testing.T) {
	dir := filepath.Join(shortDir(t), "watch")
	var pokes atomic.Int32
	want := Report{PID: 7, Profile: "site", Local: "/l", Remote: "ftp://h/", InStep: true, Status: watch.Status{State: watch.Idle, Queue: 3}}
	acquire(t, dir).Serve(Handler{Report: func() Report { return want }, Poke: func() { pokes.Add(1) }})
	p := find(t, dir)
	for range 2 {
		got, err := p.Report(t.Context())
		if err != nil || got.Profile != "site" || got.Queue != 3 || got.State != watch.Idle || !got.InStep {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if err := p.Poke(t.Context()); err != nil || pokes.Load() != 1 {
		t.Errorf("%v, %d pokes", err, pokes.Load())
	}
	if p.PID() != os.Getpid() {
		t.Errorf("process %d", p.PID())
	}
}

// Only this user can reach a socket, whatever the umask and the permissions of an
// existing directory.
func TestPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes do not protect files on Windows")
	}
	for _, long := range []bool{false, true} {
		dir := filepath.Join(shortDir(t), "watch")
		if long {
			dir = filepath.Join(filepath.Dir(dir), strings.Repeat("long", 25), "watch")
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		c := acquire(t, dir)
		c.Serve(Handler{Report: func() Report { return Report{} }})
		for path, want := range map[string]os.FileMode{
			dir: 0o700, filepath.Dir(c.socketPath): 0o700, c.socketPath: 0o600, c.addressFile(): 0o600, c.lock.Name(): 0o600,
		} {
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("long %v: %s: %v, %v, want %v", long, path, info.Mode(), err, want)
			}
		}
		if away := filepath.Dir(c.socketPath) != dir; away != long {
			t.Errorf("long %v: the socket is %s", long, c.socketPath)
		}
		if _, err := find(t, dir).Report(t.Context()); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(c.socketPath); !os.IsNotExist(err) {
			t.Errorf("the socket is left: %v", err)
		}
		if _, err := os.Stat(filepath.Dir(c.socketPath)); long && !os.IsNotExist(err) {
			t.Errorf("the directory of the socket is left: %v", err)
		}
	}
}

func TestClaimedTwice(t *testing.T) {
	dir := shortDir(t)
	c := acquire(t, dir)
	if _, err := Acquire(dir, "pair", ""); !errors.Is(err, ErrClaimed) {
		t.Errorf("%v", err)
	}
	other, err := Acquire(dir, "another pair", "")
	if err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	acquire(t, dir)
}

// What a killed process left is replaced.
func TestKilled(t *testing.T) {
	for _, long := range []bool{false, true} {
		dir, runtimeDir := shortDir(t), shortDir(t)
		if long {
			dir = filepath.Join(dir, strings.Repeat("long", 25))
		}
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), "FERRY_TEST_CLAIM="+dir, "FERRY_TEST_RUNTIME="+runtimeDir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || said != "claimed\n" {
			t.Fatalf("%q, %v", said, err)
		}
		if _, err := Acquire(dir, "pair", runtimeDir); !errors.Is(err, ErrClaimed) {
			t.Errorf("while it runs: %v", err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNotWatched) {
			t.Errorf("after it was killed: %v", err)
		}
		c, err := Acquire(dir, "pair", runtimeDir)
		if err != nil {
			t.Fatal(err)
		}
		c.Serve(Handler{Report: func() Report { return Report{Profile: "new"} }})
		if r, err := find(t, dir).Report(t.Context()); err != nil || r.Profile != "new" {
			t.Errorf("%+v, %v", r, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(runtimeDir); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}

// A socket outside of the directory of claims counts only in a directory that no other user
// could have made.
func TestDirectoryOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes do not protect files on Windows")
	}
	t.Setenv("TMPDIR", shortDir(t))
	dir := filepath.Join(shortDir(t), strings.Repeat("long", 25))
	acquire(t, dir).Serve(Handler{Report: func() Report { return Report{} }})
	a, err := readAddress(dir, "pair")
	if err != nil {
		t.Fatal(err)
	}
	made := filepath.Dir(a.Socket)
	refused := func(why string) {
		t.Helper()
		if p, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNotWatched) || !strings.Contains(err.Error(), made) {
			t.Errorf("%s: %v, %v", why, p, err)
		}
	}
	find(t, dir)
	if err := os.Chmod(made, 0o755); err != nil {
		t.Fatal(err)
	}
	refused("others can look into it")
	if err := errors.Join(os.Chmod(made, 0o700), os.Rename(made, made+"-moved"), os.Symlink(made+"-moved", made)); err != nil {
		t.Fatal(err)
	}
	refused("it is a link")
	if err := errors.Join(os.Remove(made), os.Rename(made+"-moved", made)); err != nil {
		t.Fatal(err)
	}
	find(t, dir)
	if os.Geteuid() == 0 {
		if err := os.Chown(made, 12345, -1); err != nil {
			t.Fatal(err)
		}
		refused("it is of another user")
	}
}

// A pair can be claimed even if there can be no socket.
func TestNoSocket(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes do not protect directories on Windows")
	}
	dir, long := filepath.Join(shortDir(t), strings.Repeat("long", 25)), filepath.Join(t.TempDir(), strings.Repeat("temp", 30))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	c, err := Acquire(dir, "pair", long)
	if err != nil || c.SocketError() == nil {
		t.Fatalf("%v, socket error: %v", err, c.SocketError())
	}
	c.Serve(Handler{})
	if _, err := Acquire(dir, "pair", ""); !errors.Is(err, ErrClaimed) {
		t.Errorf("%v", err)
	}
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNotWatched) {
		t.Errorf("%v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(long); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// An address that names something other than a socket removes nothing.
func TestRemoveStaleLeavesFiles(t *testing.T) {
	dir := shortDir(t)
	file := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(file, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeAddress(addressFile(dir, "pair"), address{PID: 1, Socket: file}); err != nil {
		t.Fatal(err)
	}
	acquire(t, dir)
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestHandOver(t *testing.T) {
	dir := shortDir(t)
	said := make(chan string, 10)
	acquire(t, dir).Serve(Handler{HandOver: func(context.Context) (func(), error) {
		said <- "handed over"
		return func() { said <- "taken back" }, nil
	}})
	p := find(t, dir)
	if err := p.TakeOver(t.Context()); err != nil || <-said != "handed over" {
		t.Fatal(err)
	}
	select {
	case got := <-said:
		t.Fatalf("%q during the handover", got)
	default:
	}
	_ = p.Close()
	if got := <-said; got != "taken back" {
		t.Error(got)
	}
}

// A client that gives up gets nothing later.
func TestHandOverGivenUp(t *testing.T) {
	dir := shortDir(t)
	asked, given := make(chan bool, 1), make(chan error, 1)
	c := acquire(t, dir)
	c.Serve(Handler{HandOver: func(ctx context.Context) (func(), error) {
		asked <- true
		<-ctx.Done()
		given <- ctx.Err()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if err := find(t, dir).TakeOver(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := <-given; err == nil {
		t.Error("the request goes on")
	}
}

// Close ends a handover.
func TestHandOverEndsWithClose(t *testing.T) {
	dir := shortDir(t)
	var back atomic.Bool
	c := acquire(t, dir)
	c.Serve(Handler{HandOver: func(context.Context) (func(), error) { return func() { back.Store(true) }, nil }})
	p := find(t, dir)
	if err := p.TakeOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil || !back.Load() {
		t.Errorf("%v, taken back: %v", err, back.Load())
	}
	if _, err := p.Report(t.Context()); err == nil {
		t.Error("an answer after Close")
	}
}

func TestBadRequests(t *testing.T) {
	dir := shortDir(t)
	c := acquire(t, dir)
	c.Serve(Handler{Report: func() Report { return Report{} }})
	for sent, want := range map[string]string{
		"hello\n":                                `"error":"a request must be a JSON object on one line"`,
		"{\"do\":\"dance\"}\n":                   `unknown request`,
		strings.Repeat("x", maxRequest+1) + "\n": `too long`,
		"\n":                                     `"error"`,
		"{}\n":                                   `"error"`,
	} {
		conn, err := net.Dial("unix", c.socketPath)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = conn.Write([]byte(sent))
		got, _ := io.ReadAll(conn)
		if !strings.Contains(string(got), want) {
			t.Errorf("%.20q: %q, want %q", sent, got, want)
		}
		_ = conn.Close()
	}
	if _, err := find(t, dir).Report(t.Context()); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestFindNotWatched(t *testing.T) {
	dir := shortDir(t)
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNotWatched) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(addressFile(dir, "pair"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNotWatched) {
		t.Errorf("%v", err)
	}
}
