//go:build !unix

package config

import "os"

// checkFound accepts every file: who may write a file is not looked at on this system.
func checkFound(string, *os.File) error { return nil }
