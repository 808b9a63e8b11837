package ahead

import (
	"os"

	"golang.org/x/sys/windows"
)

// checkSparse lets a file have holes. Without that, or where the file system cannot do it, the
// first byte at the end of a large file would have the system fill all that lies before.
func checkSparse(file File) error {
	f, ok := file.(*os.File)
	if !ok {
		return nil
	}
	var n uint32
	if windows.DeviceIoControl(windows.Handle(f.Fd()), windows.FSCTL_SET_SPARSE, nil, 0, nil, 0, &n, nil) != nil {
		return errNotSparse
	}
	return nil
}
