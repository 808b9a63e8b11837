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
		if _, err := Claim(dir, "pair", os.Getenv("FERRY_TEST_RUNTIME")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("claimed")
		select {}
	}
	goleak.VerifyTestMain(m)
}

// shortDir returns a directory whose sockets have short paths, as those of
// t.TempDir have not on every system.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "d")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func claim(t *testing.T, dir string) *Claimed {
	t.Helper()
	c, err := Claim(dir, "pair", "")
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
	claim(t, dir).Serve(Handler{Report: func() Report { return want }, Poke: func() { pokes.Add(1) }})
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

// TestPrivate holds that nobody but this user gets at a socket, whatever the
// umask and whoever made the directory.
func TestPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing here")
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
		c := claim(t, dir)
		c.Serve(Handler{Report: func() Report { return Report{} }})
		for path, want := range map[string]os.FileMode{
			dir: 0o700, filepath.Dir(c.socket): 0o700, c.socket: 0o600, c.addressFile(): 0o600, c.lock.Name(): 0o600,
		} {
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("long %v: %s: %v, %v, want %v", long, path, info.Mode(), err, want)
			}
		}
		if away := filepath.Dir(c.socket) != dir; away != long {
			t.Errorf("long %v: the socket is %s", long, c.socket)
		}
		if _, err := find(t, dir).Report(t.Context()); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(c.socket); !os.IsNotExist(err) {
			t.Errorf("the socket is left: %v", err)
		}
		if _, err := os.Stat(filepath.Dir(c.socket)); long && !os.IsNotExist(err) {
			t.Errorf("the directory of the socket is left: %v", err)
		}
	}
}

func TestClaimedTwice(t *testing.T) {
	dir := shortDir(t)
	c := claim(t, dir)
	if _, err := Claim(dir, "pair", ""); !errors.Is(err, ErrClaimed) {
		t.Errorf("%v", err)
	}
	other, err := Claim(dir, "another pair", "")
	if err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	claim(t, dir)
}

// TestKilled holds that what a killed process left is replaced.
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
		if _, err := Claim(dir, "pair", runtimeDir); !errors.Is(err, ErrClaimed) {
			t.Errorf("while it runs: %v", err)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNobody) {
			t.Errorf("after it was killed: %v", err)
		}
		c, err := Claim(dir, "pair", runtimeDir)
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

// TestMute holds that a pair can be claimed where there can be no socket.
func TestMute(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("directories are closed in other ways here")
	}
	dir, long := filepath.Join(shortDir(t), strings.Repeat("long", 25)), filepath.Join(t.TempDir(), strings.Repeat("temp", 30))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	c, err := Claim(dir, "pair", long)
	if err != nil || c.Mute() == nil {
		t.Fatalf("%v, mute: %v", err, c.Mute())
	}
	c.Serve(Handler{})
	if _, err := Claim(dir, "pair", ""); !errors.Is(err, ErrClaimed) {
		t.Errorf("%v", err)
	}
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNobody) {
		t.Errorf("%v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(long); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestSweepLeavesFiles holds that an address that names something else than a
// socket removes nothing.
func TestSweepLeavesFiles(t *testing.T) {
	dir := shortDir(t)
	file := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(file, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeAddress(addressFile(dir, "pair"), address{PID: 1, Socket: file}); err != nil {
		t.Fatal(err)
	}
	claim(t, dir)
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestLend(t *testing.T) {
	dir := shortDir(t)
	lent := make(chan string, 10)
	claim(t, dir).Serve(Handler{Lend: func(context.Context) (func(), error) {
		lent <- "lent"
		return func() { lent <- "back" }, nil
	}})
	p := find(t, dir)
	if err := p.Lend(t.Context()); err != nil || <-lent != "lent" {
		t.Fatal(err)
	}
	select {
	case said := <-lent:
		t.Fatalf("%q while it is lent", said)
	default:
	}
	_ = p.Close()
	if said := <-lent; said != "back" {
		t.Error(said)
	}
}

// TestLendGivenUp holds that who does not wait any more gets nothing later.
func TestLendGivenUp(t *testing.T) {
	dir := shortDir(t)
	asked, given := make(chan bool, 1), make(chan error, 1)
	c := claim(t, dir)
	c.Serve(Handler{Lend: func(ctx context.Context) (func(), error) {
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
	if err := find(t, dir).Lend(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := <-given; err == nil {
		t.Error("the request goes on")
	}
}

// TestLentAtTheEnd holds that closing gives back what is lent.
func TestLentAtTheEnd(t *testing.T) {
	dir := shortDir(t)
	var back atomic.Bool
	c := claim(t, dir)
	c.Serve(Handler{Lend: func(context.Context) (func(), error) { return func() { back.Store(true) }, nil }})
	p := find(t, dir)
	if err := p.Lend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil || !back.Load() {
		t.Errorf("%v, given back: %v", err, back.Load())
	}
	if _, err := p.Report(t.Context()); err == nil {
		t.Error("an answer from nobody")
	}
}

// TestNonsense sends what is no request.
func TestNonsense(t *testing.T) {
	dir := shortDir(t)
	c := claim(t, dir)
	c.Serve(Handler{Report: func() Report { return Report{} }})
	for sent, want := range map[string]string{
		"hello\n":                             `"error":"a request is a JSON object on one line"`,
		"{\"do\":\"dance\"}\n":                `nothing is known of`,
		strings.Repeat("x", maxLine+1) + "\n": `too long`,
		"\n":                                  `"error"`,
		"{}\n":                                `"error"`,
	} {
		conn, err := net.Dial("unix", c.socket)
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

func TestFindNobody(t *testing.T) {
	dir := shortDir(t)
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNobody) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(addressFile(dir, "pair"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), dir, "pair"); !errors.Is(err, ErrNobody) {
		t.Errorf("%v", err)
	}
}
