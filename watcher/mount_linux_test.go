package watcher

import (
	"os"
	"syscall"
	"testing"
)

// TestMounts mounts and unmounts in and over the root, which brings no events.
func TestMounts(t *testing.T) {
	y := newYard(t, quick())
	y.write("disk/under", "x")
	y.settle()
	if err := syscall.Mount("none", y.disk("disk"), "tmpfs", 0, ""); err != nil {
		t.Skip("mounting: ", err)
	}
	defer syscall.Unmount(y.disk("disk"), syscall.MNT_DETACH)
	y.settle()
	y.write("disk/f", "x")
	y.until("disk/f")
	y.must(syscall.Unmount(y.disk("disk"), 0))
	y.settle()

	y.must(syscall.Mount("none", y.root, "tmpfs", 0, ""))
	y.write("over", "x")
	y.settle()
	y.must(syscall.Unmount(y.root, syscall.MNT_DETACH))
	y.settle()
}

// TestBind shows a directory in two places. The system tells of one only.
func TestBind(t *testing.T) {
	y := newYard(t, quick())
	y.write("a/f", "x")
	y.must(os.Mkdir(y.disk("b"), 0o777))
	y.settle()
	if err := syscall.Mount(y.disk("a"), y.disk("b"), "", syscall.MS_BIND, ""); err != nil {
		t.Skip("mounting: ", err)
	}
	defer syscall.Unmount(y.disk("b"), syscall.MNT_DETACH)
	y.settle()
	for i := range 3 {
		y.write("a/f", "changed"[:i+2])
		y.settle()
	}
	if s := y.w.State(); s.Watched != 2 || s.Polled != 1 {
		t.Errorf("%+v", s)
	}
}
