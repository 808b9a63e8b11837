package crash

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The program runs under a seccomp filter. Before every system call that changes a
// file or sends something to the server, the filter stops it and asks this process.
// So the k-th call is a place in the program and not a moment in time. The program
// is killed there, and the call is not made. See seccomp(2) and seccomp_unotify(2) of
// Linux.

// trapped are the system calls before which a thread of the program stops.
var trapped = map[uint32]string{
	unix.SYS_WRITE: "write", unix.SYS_PWRITE64: "pwrite", unix.SYS_WRITEV: "writev", unix.SYS_PWRITEV: "pwritev",
	unix.SYS_SENDTO: "sendto", unix.SYS_SENDMSG: "sendmsg", unix.SYS_SENDFILE: "sendfile", unix.SYS_SPLICE: "splice",
	unix.SYS_COPY_FILE_RANGE: "copy_file_range", unix.SYS_CONNECT: "connect",
	unix.SYS_FSYNC: "fsync", unix.SYS_FDATASYNC: "fdatasync", unix.SYS_FTRUNCATE: "ftruncate",
	unix.SYS_RENAMEAT2: "renameat2", unix.SYS_RENAMEAT: "renameat", unix.SYS_LINKAT: "linkat", unix.SYS_UNLINKAT: "unlinkat",
	unix.SYS_MKDIRAT: "mkdirat", unix.SYS_SYMLINKAT: "symlinkat", unix.SYS_UTIMENSAT: "utimensat", unix.SYS_FCHMOD: "fchmod",
	unix.SYS_FCHMODAT: "fchmodat", unix.SYS_OPENAT: "create",
}

// trapVariable is set in the environment of the process that executes the program.
const trapVariable = "FERRY_CRASH_TRAP"

// filter allows all calls except the trapped ones. Of openat(2) only calls that may
// create a file are trapped. Of write(2) those to the standard streams are not, and
// those of 8 bytes are not, with which the Go runtime wakes itself.
func filter() []unix.SockFilter {
	const load, equal, set, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K,
		unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	arg := func(n uint32) unix.SockFilter { return unix.SockFilter{Code: load, K: 16 + 8*n} }
	allow := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW}
	trap := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_USER_NOTIF}
	f := []unix.SockFilter{
		{Code: load, K: 0}, // the number of the call
		{Code: equal, K: unix.SYS_OPENAT, Jf: 4},
		arg(2),
		{Code: set, K: unix.O_CREAT, Jt: 1},
		allow,
		trap,
		{Code: equal, K: unix.SYS_WRITE, Jf: 6},
		arg(0),
		{Code: unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K, K: 2, Jf: 2},
		arg(2),
		{Code: equal, K: 8, Jf: 1},
		allow,
		trap,
	}
	for call := range trapped {
		if call != unix.SYS_OPENAT && call != unix.SYS_WRITE {
			f = append(f, unix.SockFilter{Code: equal, K: call, Jf: 1}, trap)
		}
	}
	return append(f, allow)
}

// execTrapped replaces this process by the program that args name, with the filter
// installed and its listener at listenerFD.
func execTrapped(args []string) error {
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	f := filter()
	program := unix.SockFprog{Len: uint16(len(f)), Filter: &f[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER,
		uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	// Sending it to the parent would be trapped, so the parent takes it: see takeListener.
	if err := unix.Dup3(int(fd), listenerFD, 0); err != nil {
		return err
	}
	return syscall.Exec(args[0], args, os.Environ())
}

// listenerFD is the descriptor at which the parent finds the listener.
const listenerFD = 77

// A notification is a struct seccomp_notif, and an answer a struct seccomp_notif_resp.
type notification struct {
	id         uint64
	pid, flags uint32
	call       uint32
	arch       uint32
	ip         uint64
	args       [6]uint64
}

type answer struct {
	id    uint64
	value int64
	err   int32
	flags uint32
}

const (
	ioctlReceive = 0xC0502100
	ioctlSend    = 0xC0182101
	continueFlag = 1 // SECCOMP_USER_NOTIF_FLAG_CONTINUE
)

// A run is the outcome of one run of the program.
type run struct {
	code     int    // -1: killed
	out      string // both streams
	stdout   string
	calls    int           // that were trapped
	at       string        // the call before which it was killed
	recovery time.Duration // how long the pass after it took
}

// runAndKill runs cmd and kills it before its k-th trapped call, or never if k is 0.
func runAndKill(t testing.TB, cmd *exec.Cmd, k int) run {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	cmd.Args = append([]string{self, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Env = self, append(cmd.Env, trapVariable+"=1")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listener, err := takeListener(cmd.Process.Pid)
	if err != nil {
		_ = cmd.Process.Kill()
		t.Fatalf("trapping the program: %v, %v\n%s", err, cmd.Wait(), stderr.String())
	}
	r := run{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.calls, r.at = letThrough(listener, cmd.Process, k)
	}()
	_ = cmd.Wait()
	<-done
	unix.Close(listener)
	r.code, r.stdout, r.out = cmd.ProcessState.ExitCode(), stdout.String(), stdout.String()+stderr.String()
	return r
}

// takeListener takes the listener from the process that is about to execute the
// program. That process waits at its first trapped call for an answer.
func takeListener(pid int) (int, error) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return 0, fmt.Errorf("pidfd_open: %w", err)
	}
	defer unix.Close(process)
	for {
		fd, err := unix.PidfdGetfd(process, listenerFD, 0)
		if err == nil {
			return fd, nil
		}
		if err != unix.EBADF && err != unix.ESRCH { // not there yet, or between two threads
			return 0, fmt.Errorf("pidfd_getfd: %w", err)
		}
		var info unix.Siginfo
		if err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil); err != nil || info.Signo != 0 {
			return 0, fmt.Errorf("it ended before it executed the program")
		}
		_, _ = unix.Poll(nil, 1) // a millisecond
	}
}

// letThrough allows trapped calls up to the k-th and then kills the program. It returns
// the number of calls, and the call that was not allowed.
func letThrough(listener int, program *os.Process, k int) (calls int, at string) {
	for {
		poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err == unix.EINTR {
			continue
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			return calls, at // the last thread is gone
		}
		var n notification
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), ioctlReceive, uintptr(unsafe.Pointer(&n))); errno != 0 {
			continue // the program was killed meanwhile
		}
		if at != "" {
			continue // the program is being killed
		}
		if calls++; calls == k {
			at = n.String()
			_ = program.Kill()
			continue
		}
		a := answer{id: n.id, flags: continueFlag}
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(listener), ioctlSend, uintptr(unsafe.Pointer(&a)))
	}
}

// String returns the call and the file of its first argument, if that is a
// descriptor.
func (n notification) String() string {
	file, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.pid, int32(n.args[0])))
	if err != nil {
		return trapped[n.call]
	}
	return trapped[n.call] + " " + file
}
