//go:build !(darwin || dragonfly || freebsd || netbsd || openbsd)

package watcher

// filesAreOpen says that the system needs an open file for each file that it watches.
const filesAreOpen = false

// openFileLimit returns how many files the watchers may keep open; zero: any number.
func openFileLimit() int { return 0 }
