//go:build darwin || freebsd

package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// hasStableInodes reports whether a file in root keeps its inode number while it
// exists.
func hasStableInodes(root *os.Root) (bool, error) {
	f, err := root.Open(".")
	if err != nil {
		return false, err
	}
	defer f.Close()
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return false, nil // unknown counts as no
	}
	return keepsInodes(unix.ByteSliceToString(s.Fstypename[:])), nil
}
