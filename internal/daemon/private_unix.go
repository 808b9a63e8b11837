//go:build unix

package daemon

import (
	"io/fs"
	"syscall"
)

// private reports whether only the owner of a file can make files in a directory.
func private(dir, file fs.FileInfo) bool {
	d, ok := dir.Sys().(*syscall.Stat_t)
	f, ok2 := file.Sys().(*syscall.Stat_t)
	return ok && ok2 && dir.IsDir() && dir.Mode().Perm()&0o077 == 0 && d.Uid == f.Uid
}
