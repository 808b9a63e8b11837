//go:build linux || darwin || freebsd

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"ferry/manifest"
)

// inode returns device and inode of a file, or zeros.
func inode(info os.FileInfo) (device, inode uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev), uint64(s.Ino)
	}
	return 0, 0
}

// rootIdentity names the root by its device and inode.
func rootIdentity(h *home) string {
	device, inode := inode(h.info)
	return fmt.Sprintf("%x:%x", device, inode)
}

// notDirectory reports whether err says that a component above a name is no
// directory, or that the name is none.
func notDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

func statOfUnix(s *unix.Stat_t) stat {
	out := stat{size: s.Size, mtime: s.Mtim.Nano(), device: uint64(s.Dev), inode: uint64(s.Ino), mode: fs.FileMode(s.Mode & 0o777)}
	switch s.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		out.kind = manifest.File
	case unix.S_IFDIR:
		out.kind = manifest.Dir
	default:
		out.kind = manifest.Other
		out.link = s.Mode&unix.S_IFMT == unix.S_IFLNK
	}
	return out
}
