package local

import "golang.org/x/sys/unix"

const (
	noReplace = unix.RENAME_NOREPLACE
	exchanged = unix.RENAME_EXCHANGE
)

func renameFlags(from *place, x string, to *place, y string, flags uint) error {
	if err := single(x, y); err != nil {
		return err
	}
	return unix.Renameat2(int(from.dir.Fd()), x, int(to.dir.Fd()), y, flags)
}
