//go:build !windows

package local

import "os"

func openRoot(path string) (*os.Root, error) { return os.OpenRoot(path) }
