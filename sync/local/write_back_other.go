//go:build !linux

package local

import (
	"os"
	"time"
)

// recentlyWritten is longer than a kernel keeps stored content in memory.
const recentlyWritten = 2 * time.Minute

// writeBack writes what programs have stored in f through memory maps, so that the
// next store sets the times of the file. Where it fails the times are as good as
// before.
func writeBack(f *os.File, info os.FileInfo) {
	if time.Since(info.ModTime()) < recentlyWritten {
		_ = f.Sync()
	}
}
