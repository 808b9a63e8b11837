//go:build !linux && !darwin && !freebsd && !windows

package local

import (
	"errors"
	"os"
	"syscall"
)

// inode returns zeros: Go does not tell identities of files on this system.
func inode(os.FileInfo) (device, inode uint64) { return 0, 0 }

// changeTime returns 0: Go does not tell it on this system.
func changeTime(os.FileInfo) int64 { return 0 }

// hasOtherLinks returns false: Go does not tell it on this system.
func hasOtherLinks(os.FileInfo) bool { return false }

// isNotDirectory reports whether err says that a name, or a component of the path
// above it, is not a directory.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
