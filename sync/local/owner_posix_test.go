//go:build linux || darwin || freebsd

package local_test

import (
	"os"
	"syscall"
)

func ownerOf(info os.FileInfo) (uid, gid int) {
	s := info.Sys().(*syscall.Stat_t)
	return int(s.Uid), int(s.Gid)
}
