//go:build !linux && !darwin && !freebsd && !windows

package local

import "os"

// hasStableInodes reports whether a file keeps its inode number while it exists,
// on systems that have such numbers.
func hasStableInodes(*os.File) (bool, error) { return true, nil }
