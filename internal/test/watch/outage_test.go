//go:build linux

package watch

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

// startInStep starts to watch a pair, and waits until it is in step.
func startInStep(t *testing.T, server string, args ...string) (*pair, *watchProcess) {
	t.Helper()
	t.Parallel()
	p := newPair(t, server)
	p.write(map[string]string{"a": "1", "dir/b": "2"})
	r := p.watch(append([]string{"--poll", "1s", "--timeout", "5s", "--retries", "1"}, args...)...)
	r.state("idle")
	return p, r
}

// All connections are cut, and new ones are refused for a while. ferry says that it is waiting, and then carries over what
// changed on both sides meanwhile.
func TestNetworkGone(t *testing.T) {
	p, r := startInStep(t, "proftpd")
	p.proxy.cut(true)
	p.write(map[string]string{"a": "while the network was gone"})
	if l := r.state("waiting"); l.Reason == "" {
		t.Error("no reason is given")
	}
	p.writeRemote("dir/c", "written remotely meanwhile")
	must(t, os.Remove(filepath.Join(p.local, "dir/b")))
	p.proxy.cut(false)
	r.state("idle")
	p.waitUntil("everything is carried over", func() bool {
		return holds(filepath.Join(p.remote, "a"), "while the network was gone") &&
			holds(filepath.Join(p.local, "dir/c"), "written remotely meanwhile") && gone(filepath.Join(p.remote, "dir/b"))
	})
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// The server is killed and started again.
func TestServerStartedAgain(t *testing.T) {
	p, r := startInStep(t, "vsftpd")
	p.server.Stop()
	p.write(map[string]string{"a": "while the server was away"})
	r.state("waiting")
	p.server.StartAgain(t, realftp.Password)
	r.upload("a")
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// The password is changed on the server. ferry halts or waits, says why, and does not keep trying. With the new password it
// goes on after a reload.
func TestPasswordChanged(t *testing.T) {
	t.Parallel()
	p := newPair(t, "pureftpd")
	p.passwordFile = filepath.Join(p.dir, "password")
	must(t, os.WriteFile(p.passwordFile, []byte(realftp.Password+"\n"), 0o600))
	p.write(map[string]string{"a": "1"})
	r := p.watch()
	r.state("idle")
	p.server.StartAgain(t, realftp.OtherPassword)
	p.write(map[string]string{"a": "with another password"})
	l := r.await("a refused login", func(l line) bool {
		return l.Type == "state" && (l.State == "halted" || l.State == "waiting") && strings.Contains(l.Reason, "530")
	})
	if l.Hint == "" || strings.Contains(r.output(), realftp.Password) {
		t.Errorf("the state is %+v", l)
	}
	must(t, os.WriteFile(p.passwordFile, []byte(realftp.OtherPassword+"\n"), 0o600))
	r.signal(syscall.SIGHUP)
	r.upload("a")
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// The file system of the local directory is unmounted. ferry deletes nothing because of the empty mount point, and goes on
// when the disk is back.
func TestDiskUnmounted(t *testing.T) {
	t.Parallel()
	p := newPair(t, "proftpd")
	disk := filepath.Join(p.dir, "disk")
	must(t, os.Mkdir(disk, 0o755))
	mount(t, disk, p.local)
	p.write(map[string]string{"a": "1", "dir/b": "2"})
	r := p.watch("--poll", "1s")
	r.state("idle")
	must(t, syscall.Unmount(p.local, syscall.MNT_DETACH))
	l := r.await("the missing disk", func(l line) bool { return l.Type == "state" && (l.State == "halted" || l.State == "waiting") })
	t.Logf("%s: %s (%s)", l.State, l.Reason, l.Hint)
	must(t, os.WriteFile(filepath.Join(disk, "a"), []byte("while it was elsewhere"), 0o644))
	mount(t, disk, p.local)
	r.upload("a")
	p.waitUntilSettled(r)
	if got := r.actions(); got["delete remote"]+got["rmdir remote"]+got["delete local"] > 0 {
		t.Errorf("something was deleted: %v", got)
	}
	p.wantInStep(r)
}

// mount bind-mounts one directory on another until the end of the test.
func mount(t *testing.T, from, to string) {
	t.Helper()
	if err := syscall.Mount(from, to, "", syscall.MS_BIND, ""); err != nil {
		if os.Getenv("FERRY_REQUIRE_SERVERS") == "1" {
			t.Fatalf("mounting: %v", err)
		}
		t.Skipf("NOT TESTED: mounting: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(to, syscall.MNT_DETACH) })
}

// The local disk is full. A download that does not fit is reported and retried, others go on, and no partial file is
// visible.
func TestNoSpaceLocally(t *testing.T) {
	t.Parallel()
	p := newPair(t, "vsftpd")
	if err := syscall.Mount("tmpfs", p.local, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("NOT TESTED: mounting: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(p.local, syscall.MNT_DETACH) })
	p.write(map[string]string{"a": "1"})
	r := p.watch("--poll", "1s")
	r.state("idle")
	large := strings.Repeat("0123456789abcdef", 3<<16)
	p.writeRemote("large", large)
	l := r.await("a download that fails", func(l line) bool { return l.Op == "download" && l.Path == "large" && !l.OK })
	if !strings.Contains(l.Error, "no space left") {
		t.Errorf("the error is %q", l.Error)
	}
	p.writeRemote("small", "fits")
	p.waitUntil("a file that fits is downloaded", func() bool { return holds(filepath.Join(p.local, "small"), "fits") })
	if _, err := os.Stat(filepath.Join(p.local, "large")); err == nil {
		t.Error("a part of the large file is visible")
	}
	must(t, syscall.Mount("tmpfs", p.local, "tmpfs", syscall.MS_REMOUNT, "size=20m"))
	p.waitUntil("the large file is downloaded when there is space", func() bool { return holds(filepath.Join(p.local, "large"), large) })
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// ferry gets SIGTERM during a transfer. It exits soon and with code 0, no partial file has its real name, and the next run
// goes on.
func TestTerminated(t *testing.T) {
	p, r := startInStep(t, "proftpd", "--bwlimit", "1MiB:1MiB")
	large := strings.Repeat("0123456789abcdef", 1<<20)
	p.write(map[string]string{"large": large})
	r.await("progress", func(l line) bool { return l.Type == "progress" })
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v to exit", took)
	}
	if _, err := os.Stat(filepath.Join(p.remote, "large")); err == nil {
		t.Error("a part of the file is visible")
	}
	r = p.watch()
	r.upload("large")
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// ferry is killed several times while it works. The next run goes on without help.
func TestKilled(t *testing.T) {
	p, r := startInStep(t, "pyftpdlib")
	for i := range 3 {
		p.write(smallFiles("many", 200, strings.Repeat("x", i+1)))
		r.await("an upload", func(l line) bool { return l.Op == "upload" && l.Path != sentinel })
		r.kill()
		r = p.watch("--poll", "1s")
		r.state("idle")
	}
	p.waitUntilSettled(r)
	p.wantInStep(r)
}

// A file is written to all the time. It is uploaded now and then, and is equal on both sides at the end.
func TestBusyFile(t *testing.T) {
	p, r := startInStep(t, "pureftpd")
	f, err := os.Create(filepath.Join(p.local, "log"))
	must(t, err)
	defer f.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.upload("log")
	}()
	var all bytes.Buffer
	for writing := true; writing; {
		select {
		case <-done:
			writing = false
		case <-time.After(100 * time.Millisecond):
			all.WriteString("a line of the log\n")
			_, err := f.WriteString("a line of the log\n")
			must(t, err)
		}
	}
	p.waitUntilSettled(r)
	if !holds(filepath.Join(p.remote, "log"), all.String()) {
		t.Error("the log on the server is not equal")
	}
	p.wantInStep(r)
}
