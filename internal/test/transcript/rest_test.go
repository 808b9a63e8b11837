//go:build linux

package transcript

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// A restDetector tells when the processes that this one started, and theirs, have nothing left to do until something
// from outside wakes them: all their threads are asleep, and none has run between two looks. It asks the kernel, so that
// it is right on a busy machine, too: a thread that has work and no processor is not asleep.
type restDetector struct {
	threads []*thread
	newest  string // the last process or thread that was made on this machine when threads was filled
}

// A thread is one whose files in /proc are open.
type thread struct {
	stat, schedstat int    // file descriptors
	ran             string // what schedstat said: how long it has run, and how often
}

// atRest looks once.
func (r *restDetector) atRest() bool {
	if newest := newestThread(); newest != r.newest {
		r.find()
		r.newest = newest
		return false
	}
	rest := true
	for _, t := range r.threads {
		rest = t.asleep() && rest
	}
	return rest
}

// asleep reports whether the thread sleeps, and has not run since the last call. One that has ended is asleep.
func (t *thread) asleep() bool {
	ran := again(t.schedstat)
	same := ran == t.ran
	t.ran = ran
	_, state, there := strings.Cut(again(t.stat), ") ")
	return same && (!there || strings.IndexByte("STtZXI", state[0]) >= 0)
}

// find opens the files of all threads of the descendants of this process.
func (r *restDetector) find() {
	r.close()
	r.threads = below(os.Getpid(), nil)
}

func (r *restDetector) close() {
	for _, t := range r.threads {
		syscall.Close(t.stat)
		syscall.Close(t.schedstat)
	}
	r.threads, r.newest = nil, ""
}

// below appends the threads of the descendants of a process.
func below(pid int, all []*thread) []*thread {
	dir := "/proc/" + strconv.Itoa(pid) + "/task/"
	tasks, _ := os.ReadDir(dir)
	for _, task := range tasks {
		children, _ := os.ReadFile(dir + task.Name() + "/children")
		for child := range strings.FieldsSeq(string(children)) {
			if n, err := strconv.Atoi(child); err == nil {
				all = below(n, all)
			}
		}
		if pid == os.Getpid() {
			continue
		}
		t := &thread{stat: open(dir + task.Name() + "/stat"), schedstat: open(dir + task.Name() + "/schedstat")}
		t.asleep()
		all = append(all, t)
	}
	return all
}

func open(name string) int {
	fd, err := syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}

// again reads an open file in /proc from its beginning, "" where what it is about is gone.
func again(fd int) string {
	var buf [512]byte
	n, err := syscall.Pread(fd, buf[:], 0)
	if err != nil {
		return ""
	}
	return string(buf[:n])
}

// newestThread is the number that was given last to a process or a thread of this machine.
func newestThread() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return string(text[strings.LastIndexByte(string(text), ' ')+1:])
}
