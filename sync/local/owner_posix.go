//go:build linux || darwin || freebsd

package local

import (
	"os"
	"syscall"
)

// keepOwner gives the temporary file the owner and the group of the file that it will
// replace, as far as the system allows: root may set both, others a group that they belong
// to. It reports whether the group is the same then. A file with several names is left
// alone, because it is not certain that ferry made it.
func (w *fileWriter) keepOwner() (sameGroup bool) {
	was, mine := ownerOf(w.dir.Lstat(w.name)), ownerOf(w.f.Stat())
	if was == nil || mine == nil || mine.Nlink > 1 {
		return false
	}
	if was.Uid != mine.Uid && w.f.Chown(int(was.Uid), int(was.Gid)) == nil {
		return true
	}
	return was.Gid == mine.Gid || w.f.Chown(-1, int(was.Gid)) == nil
}

func ownerOf(info os.FileInfo, err error) *syscall.Stat_t {
	if err != nil {
		return nil
	}
	s, _ := info.Sys().(*syscall.Stat_t)
	return s
}
