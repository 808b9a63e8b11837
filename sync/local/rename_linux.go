package local

import "golang.org/x/sys/unix"

const (
	flagNoReplace = unix.RENAME_NOREPLACE
	flagExchange  = unix.RENAME_EXCHANGE
)

func renameWithFlags(from *dirHandle, x string, to *dirHandle, y string, flags uint) error {
	if err := checkNames(x, y); err != nil {
		return err
	}
	return unix.Renameat2(int(from.file.Fd()), x, int(to.file.Fd()), y, flags)
}
