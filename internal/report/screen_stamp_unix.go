//go:build unix

package report

import (
	"os"
	"syscall"
)

// fileNumbers returns the device and inode of an open file.
func fileNumbers(f *os.File) (device, inode uint64, ok bool) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return uint64(st.Dev), uint64(st.Ino), true
}
