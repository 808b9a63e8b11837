//go:build !windows

package terminal

import "os"

// TakesEscapes reports whether the terminal takes escape sequences: colours, and lines that
// change in place.
func TakesEscapes(*os.File) bool { return true }
