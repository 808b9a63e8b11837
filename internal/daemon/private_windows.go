package daemon

import "io/fs"

// private reports whether a directory is one: the temporary directory of a user is private.
func private(dir, _ fs.FileInfo) bool { return dir.IsDir() }
