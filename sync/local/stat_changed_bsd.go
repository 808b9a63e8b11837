//go:build darwin || freebsd

package local

import (
	"os"
	"syscall"
)

// changeTime returns when the content or attributes of a file last changed (ctime),
// in nanoseconds since 1970, or 0 if that is unknown.
func changeTime(info os.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctimespec.Nano()
	}
	return 0
}
