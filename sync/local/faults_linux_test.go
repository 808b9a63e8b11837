package local_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// onThread runs prepare and f on a new thread, which ends afterwards, so that
// changes of the thread by prepare do no harm. f must not end the test.
func onThread(t *testing.T, prepare func() error, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked, so the thread ends here
		err := prepare()
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Skipf("the fault cannot be made here: %v", err)
	}
}

// failCall makes a system call fail with EIO on this thread, as on a broken disk.
func failCall(call uint32) func() error {
	return func() error {
		filter := []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EIO)},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		}
		program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return err
		}
		_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
		if errno != 0 {
			return errno
		}
		return nil
	}
}

// A file whose content cannot be synced to disk does not get its real name.
func TestFailedFsyncOfContent(t *testing.T) {
	for name, trash := range map[string]bool{"plain": false, "with trash": true} {
		t.Run(name, func(t *testing.T) {
			d, h := open(t, local.Options{})
			h.Write("old", "old", fixedTime)
			tree := scan(t, d)
			replace, create := put("new", fixedTime).step("old", tree.At("old")), put("new", fixedTime).step("new", manifest.Entry{})
			replace.Trash = trash
			var outs []sync.Outcome
			onThread(t, failCall(unix.SYS_FSYNC), func() { outs = apply(t, d, replace, create) })
			for i, out := range outs {
				if out.Err == nil {
					t.Errorf("step %d succeeded although its content was not synced", i)
				}
			}
			h.wantContent("old", "old")
			h.wantFiles("old")
		})
	}
}

// A step is not reported as done if its name was not synced to disk.
func TestFailedFsyncOfDirectory(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "x", fixedTime)
	h.Write("g", "x", fixedTime)
	tree := scan(t, d)
	for _, step := range []sync.Step{
		{Op: sync.MkDir, Path: "d"},
		{Op: sync.Move, From: "f", Path: "moved", Expect: tree.At("f")},
		{Op: sync.Remove, Path: "g", Expect: tree.At("g")},
	} {
		var outs []sync.Outcome
		onThread(t, failCall(unix.SYS_FSYNC), func() { outs = apply(t, d, step) })
		if outs[0].Err == nil || !outs[0].Ambiguous {
			t.Errorf("%s: error %v, ambiguous %v; want an ambiguous error", step.Op, outs[0].Err, outs[0].Ambiguous)
		}
	}
}

// Root can read every directory, so the test runs as another user.
func TestUnreadableDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the conformance suite tests this unless it runs as root")
	}
	d, h := open(t, local.Options{})
	h.Write("shut/f", "x", fixedTime)
	h.Write("open/f", "x", fixedTime)
	h.must(os.Chmod(filepath.Dir(filepath.Dir(h.root)), 0o755))
	h.must(os.Chmod(h.at("shut"), 0))
	nobody := func() error { _, err := unix.SetfsuidRetUid(65534); return err }
	for _, dirs := range [][]manifest.Path{nil, {"", "open", "shut"}} {
		var tree *manifest.Tree
		var err error
		onThread(t, nobody, func() { tree, err = d.Scan(t.Context(), sync.Look{Dirs: dirs}) })
		h.must(err)
		if tree.Known("shut/f") || !tree.Known("open/f") || !tree.At("open/f").IsFile() || len(tree.Problems()) != 1 {
			t.Errorf("known: shut/f %v, open/f %v; problems %v; want one, in shut", tree.Known("shut/f"), tree.Known("open/f"), tree.Problems())
		}
	}
}
