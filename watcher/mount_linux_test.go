package watcher

import (
	"os"
	"syscall"
	"testing"
)

// File systems are mounted and unmounted in and over the root, which causes no events.
func TestMounts(t *testing.T) {
	y := newTestDir(t, quick())
	y.write("disk/under", "x")
	y.waitUntilEqual()
	if err := syscall.Mount("none", y.disk("disk"), "tmpfs", 0, ""); err != nil {
		t.Skip("mounting: ", err)
	}
	defer syscall.Unmount(y.disk("disk"), syscall.MNT_DETACH)
	y.waitUntilEqual()
	y.write("disk/f", "x")
	y.until("disk/f")
	y.must(syscall.Unmount(y.disk("disk"), 0))
	y.waitUntilEqual()

	y.must(syscall.Mount("none", y.root, "tmpfs", 0, ""))
	y.write("over", "x")
	y.waitUntilEqual()
	y.must(syscall.Unmount(y.root, syscall.MNT_DETACH))
	y.waitUntilEqual()
}

// A directory is in two places (a bind mount). The system reports changes in one only.
func TestBind(t *testing.T) {
	y := newTestDir(t, quick())
	y.write("a/f", "x")
	y.must(os.Mkdir(y.disk("b"), 0o777))
	y.waitUntilEqual()
	if err := syscall.Mount(y.disk("a"), y.disk("b"), "", syscall.MS_BIND, ""); err != nil {
		t.Skip("mounting: ", err)
	}
	defer syscall.Unmount(y.disk("b"), syscall.MNT_DETACH)
	y.waitUntilEqual()
	for i := range 3 {
		y.write("a/f", "changed"[:i+2])
		y.waitUntilEqual()
	}
	if s := y.w.State(); s.Watched != 2 || s.Polled != 1 {
		t.Errorf("%+v", s)
	}
}
