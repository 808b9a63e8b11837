package local

import "golang.org/x/sys/unix"

const (
	flagNoReplace = unix.RENAME_EXCL
	flagExchange  = unix.RENAME_SWAP
)

func renameWithFlags(from *dirHandle, x string, to *dirHandle, y string, flags uint) error {
	if err := checkNames(x, y); err != nil {
		return err
	}
	return unix.RenameatxNp(int(from.file.Fd()), x, int(to.file.Fd()), y, uint32(flags))
}
