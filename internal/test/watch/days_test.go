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

// newDay begins to watch a pair that is in step.
func newDay(t *testing.T, server string, args ...string) (*pair, *run) {
	t.Helper()
	t.Parallel()
	p := newPair(t, server)
	p.write(map[string]string{"a": "1", "dir/b": "2"})
	r := p.watch(append([]string{"--poll", "1s", "--timeout", "5s", "--retries", "1"}, args...)...)
	r.state("idle")
	return p, r
}

// TestNetworkGone cuts all connections and lets none through for a while: ferry says that it waits, and goes on by itself
// with what happened on both sides meanwhile.
func TestNetworkGone(t *testing.T) {
	p, r := newDay(t, "proftpd")
	p.count.cut(true)
	p.write(map[string]string{"a": "while the network was gone"})
	if l := r.state("waiting"); l.Reason == "" {
		t.Error("no reason is given")
	}
	p.writeThere("dir/c", "written there meanwhile")
	must(t, os.Remove(filepath.Join(p.here, "dir/b")))
	p.count.cut(false)
	r.state("idle")
	p.become("all is carried over", func() bool {
		return holds(filepath.Join(p.there, "a"), "while the network was gone") &&
			holds(filepath.Join(p.here, "dir/c"), "written there meanwhile") && gone(filepath.Join(p.there, "dir/b"))
	})
	p.settle(r)
	p.wantAtRest(r)
}

// TestServerStartedAgain kills the server, and starts it again.
func TestServerStartedAgain(t *testing.T) {
	p, r := newDay(t, "vsftpd")
	p.server.Stop()
	p.write(map[string]string{"a": "while the server was away"})
	r.state("waiting")
	p.server.StartAgain(t, realftp.Password)
	r.upload("a")
	p.settle(r)
	p.wantAtRest(r)
}

// TestPasswordChanged changes the password on the server: ferry halts or waits and says why, does not insist, and goes on
// with the new one once it is told.
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
	l := r.await("a login that is refused", func(l line) bool {
		return l.Type == "state" && (l.State == "halted" || l.State == "waiting") && strings.Contains(l.Reason, "530")
	})
	if l.Hint == "" || strings.Contains(r.said(), realftp.Password) {
		t.Errorf("what it says: %+v", l)
	}
	must(t, os.WriteFile(p.passwordFile, []byte(realftp.OtherPassword+"\n"), 0o600))
	r.signal(syscall.SIGHUP)
	r.upload("a")
	p.settle(r)
	p.wantAtRest(r)
}

// TestDiskUnmounted takes the file system away on which the local directory is: the empty directory below is no reason to
// delete anything, and when the disk is back all goes on.
func TestDiskUnmounted(t *testing.T) {
	t.Parallel()
	p := newPair(t, "proftpd")
	disk := filepath.Join(p.dir, "disk")
	must(t, os.Mkdir(disk, 0o755))
	mount(t, disk, p.here)
	p.write(map[string]string{"a": "1", "dir/b": "2"})
	r := p.watch("--poll", "1s")
	r.state("idle")
	must(t, syscall.Unmount(p.here, syscall.MNT_DETACH))
	l := r.await("the missing disk", func(l line) bool { return l.Type == "state" && (l.State == "halted" || l.State == "waiting") })
	t.Logf("%s: %s (%s)", l.State, l.Reason, l.Hint)
	must(t, os.WriteFile(filepath.Join(disk, "a"), []byte("while it was elsewhere"), 0o644))
	mount(t, disk, p.here)
	r.upload("a")
	p.settle(r)
	if got := r.actions(); got["delete remote"]+got["rmdir remote"]+got["delete local"] > 0 {
		t.Errorf("something was deleted: %v", got)
	}
	p.wantAtRest(r)
}

// mount binds one directory to another until the end of the test.
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

// TestNoSpaceHere fills the local disk: what does not fit is said and tried again, the rest goes on, and no half of a file
// is ever there.
func TestNoSpaceHere(t *testing.T) {
	t.Parallel()
	p := newPair(t, "vsftpd")
	if err := syscall.Mount("tmpfs", p.here, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("NOT TESTED: mounting: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(p.here, syscall.MNT_DETACH) })
	p.write(map[string]string{"a": "1"})
	r := p.watch("--poll", "1s")
	r.state("idle")
	large := strings.Repeat("0123456789abcdef", 3<<16)
	p.writeThere("large", large)
	l := r.await("a download that fails", func(l line) bool { return l.Op == "download" && l.Path == "large" && !l.OK })
	if !strings.Contains(l.Error, "no space left") {
		t.Errorf("it says %q", l.Error)
	}
	p.writeThere("small", "fits")
	p.become("what fits comes", func() bool { return holds(filepath.Join(p.here, "small"), "fits") })
	if _, err := os.Stat(filepath.Join(p.here, "large")); err == nil {
		t.Error("a part of the large file is there")
	}
	must(t, syscall.Mount("tmpfs", p.here, "tmpfs", syscall.MS_REMOUNT, "size=20m"))
	p.become("it comes once there is room", func() bool { return holds(filepath.Join(p.here, "large"), large) })
	p.settle(r)
	p.wantAtRest(r)
}

// TestTerminated ends ferry in the middle of a transfer: it ends soon and in order, no half of a file has its real name,
// and the next one goes on.
func TestTerminated(t *testing.T) {
	p, r := newDay(t, "proftpd", "--bwlimit", "1MiB:1MiB")
	large := strings.Repeat("0123456789abcdef", 1<<20)
	p.write(map[string]string{"large": large})
	r.await("progress", func(l line) bool { return l.Type == "progress" })
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if _, err := os.Stat(filepath.Join(p.there, "large")); err == nil {
		t.Error("a part of the file is there")
	}
	r = p.watch()
	r.upload("large")
	p.settle(r)
	p.wantAtRest(r)
}

// TestKilled kills ferry again and again while it works; what starts after it needs no ceremony.
func TestKilled(t *testing.T) {
	p, r := newDay(t, "pyftpdlib")
	for i := range 3 {
		p.write(small("many", 200, strings.Repeat("x", i+1)))
		r.await("an upload", func(l line) bool { return l.Op == "upload" && l.Path != sentinel })
		r.kill()
		r = p.watch("--poll", "1s")
		r.state("idle")
	}
	p.settle(r)
	p.wantAtRest(r)
}

// TestBusyFile writes into a file all the time: it is carried over now and then, whole, and at the end as it is.
func TestBusyFile(t *testing.T) {
	p, r := newDay(t, "pureftpd")
	f, err := os.Create(filepath.Join(p.here, "log"))
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
	p.settle(r)
	if !holds(filepath.Join(p.there, "log"), all.String()) {
		t.Error("the log is not as it is here")
	}
	p.wantAtRest(r)
}
