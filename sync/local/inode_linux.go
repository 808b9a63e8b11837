package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// Magic numbers of file systems without lasting inode numbers, from statfs(2).
const (
	fuse  = 0x65735546
	msdos = 0x4d44
	exfat = 0x2011bab0
	smb2  = 0xfe534d42
	cifs  = 0xff534d42
	v9fs  = 0x01021997
)

// hasStableInodes reports whether a file in the open directory dir keeps its inode number
// while it exists.
func hasStableInodes(dir *os.File) (bool, error) {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(dir.Fd()), &s); err != nil {
		return false, nil // unknown counts as no
	}
	switch uint32(s.Type) {
	case fuse, msdos, exfat, smb2, cifs, v9fs:
		return false, nil
	}
	return true, nil
}
