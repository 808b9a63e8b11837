//go:build linux || darwin || freebsd

package local

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ferry/manifest"
)

// inode returns the device and the inode number of a file, or zeros if they are
// unknown.
func inode(info os.FileInfo) (device, inode uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev), uint64(s.Ino)
	}
	return 0, 0
}

// hasOtherLinks reports whether a file has more than one name.
func hasOtherLinks(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Nlink > 1
}

// isNotDirectory reports whether err says that a name, or a component of the path
// above it, is not a directory.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

func statOfUnix(s *unix.Stat_t) stat {
	out := stat{size: s.Size, mtime: time.Unix(s.Mtim.Unix()), changed: s.Ctim.Nano(), device: uint64(s.Dev), inode: uint64(s.Ino), mode: fs.FileMode(s.Mode & 0o777)}
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
