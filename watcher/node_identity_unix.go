//go:build unix

package watcher

import (
	"os"
	"syscall"
)

func identify(info os.FileInfo) identity {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{device: uint64(st.Dev), inode: uint64(st.Ino)}
}

// identifyOpen returns the identity of an open directory.
func identifyOpen(_ *os.File, info os.FileInfo) identity { return identify(info) }
