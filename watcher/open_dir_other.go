//go:build !windows

package watcher

import "os"

// openDir opens a directory to list it.
func openDir(disk string) (*os.File, error) { return os.Open(disk) }
