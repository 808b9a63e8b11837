//go:build !unix

package config

import "io/fs"

// isTrusted reports whether file may be followed. Who owns a file is not looked
// at on this system.
func isTrusted(_, _ fs.FileInfo) bool { return true }
