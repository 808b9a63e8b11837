// Package localpath resolves the paths of this machine that users write.
package localpath

import (
	"path/filepath"
	"runtime"
)

// Join returns path as seen from dir, which is absolute. On Windows a path that begins
// with a single slash or backslash is on the drive of dir, and C:data is seen from the
// current directory of drive C.
func Join(dir, path string) string {
	path = filepath.FromSlash(path)
	switch {
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case isWindows && isRooted(path):
		return filepath.Clean(filepath.VolumeName(dir) + path)
	case isWindows && hasDrive(path):
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
	}
	return filepath.Join(dir, path)
}

// IsAbs reports whether path is seen from no directory, but perhaps from a drive.
func IsAbs(path string) bool {
	return filepath.IsAbs(path) || isWindows && isRooted(path)
}

// IsDriveRelative reports whether path is C:data or C: on Windows: it is seen from the
// current directory of that drive, which only a command line knows.
func IsDriveRelative(path string) bool {
	return isWindows && hasDrive(path) && !filepath.IsAbs(path)
}

const isWindows = runtime.GOOS == "windows"

func isSlash(c byte) bool { return c == '\\' || c == '/' }

// isRooted reports whether a path of Windows begins at the root of a drive that it does
// not name.
func isRooted(path string) bool {
	return path != "" && isSlash(path[0]) && (len(path) == 1 || !isSlash(path[1]))
}

// hasDrive reports whether a path of Windows begins with the letter of a drive.
func hasDrive(path string) bool {
	if len(path) < 2 || path[1] != ':' {
		return false
	}
	letter := path[0] | 0x20
	return 'a' <= letter && letter <= 'z'
}
