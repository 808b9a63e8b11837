//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package watcher

import "syscall"

// budget is how many files the watcher may keep open. kqueue takes one for every
// file and directory that is watched; half of what the process may open is left
// to the rest of it.
func budget() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 128
	}
	return int(min(uint64(limit.Cur), 1<<20) / 2)
}
