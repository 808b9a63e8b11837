//go:build darwin || freebsd

package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// hasStableInodes reports whether a file on the file system of an open directory keeps its
// inode number while it exists.
func hasStableInodes(f *os.File) (bool, error) {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return false, nil // unknown counts as no
	}
	return keepsInodes(unix.ByteSliceToString(s.Fstypename[:])), nil
}
