//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package watcher

import "syscall"

// filesAreOpen says that the system needs an open file for each file that it watches.
const filesAreOpen = true

// openFileLimit returns how many files the watchers may keep open. kqueue needs an open
// file for every file and directory that is watched. Half of the limit of the process is
// left for everything else.
func openFileLimit() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 128
	}
	return int(min(uint64(limit.Cur), 1<<20) / 2)
}
