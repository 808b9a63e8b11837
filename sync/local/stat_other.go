//go:build !linux && !darwin && !freebsd

package local

import (
	"errors"
	"os"
	"syscall"
)

// inode returns zeros: there are no identities on this system.
func inode(os.FileInfo) (device, inode uint64) { return 0, 0 }

// rootIdentity returns "": nothing is known.
func rootIdentity(*home) string { return "" }

// notDirectory reports whether err says that a component above a name is no
// directory, or that the name is none.
func notDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
