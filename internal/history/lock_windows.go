package history

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile waits until this process alone writes to the file. It locks a byte far behind the
// end, so that others can read.
func lockFile(f *os.File) (unlock func(), err error) {
	at := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	h := windows.Handle(f.Fd())
	if err := windows.LockFileEx(h, windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, at); err != nil {
		return nil, err
	}
	return func() { _ = windows.UnlockFileEx(h, 0, 1, 0, at) }, nil
}
