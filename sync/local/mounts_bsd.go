//go:build darwin || freebsd

package local

import (
	"golang.org/x/sys/unix"
)

// listMounts returns what the kernel says is mounted below root. A file system is identified
// by its kind and, unless that is a disk, whose name may change, by what was mounted.
func listMounts(root string) (mounts, error) {
	n, err := unix.Getfsstat(nil, unix.MNT_NOWAIT)
	if err != nil {
		return nil, err
	}
	all := make([]unix.Statfs_t, n+8)
	if n, err = unix.Getfsstat(all, unix.MNT_NOWAIT); err != nil {
		return nil, err
	}
	found := make(mounts)
	for _, one := range all[:n] {
		kind, source := unix.ByteSliceToString(one.Fstypename[:]), unix.ByteSliceToString(one.Mntfromname[:])
		if kind == "autofs" {
			continue
		}
		if len(source) > 5 && source[:5] == "/dev/" {
			source = ""
		}
		found.add(root, unix.ByteSliceToString(one.Mntonname[:]), mountIdentity(kind, source))
	}
	return found, nil
}
