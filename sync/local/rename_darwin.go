package local

import "golang.org/x/sys/unix"

const (
	noReplace = unix.RENAME_EXCL
	exchanged = unix.RENAME_SWAP
)

func renameFlags(from *place, x string, to *place, y string, flags uint) error {
	if err := single(x, y); err != nil {
		return err
	}
	return unix.RenameatxNp(int(from.dir.Fd()), x, int(to.dir.Fd()), y, uint32(flags))
}
