package watcher

import (
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

const shareAll = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE

// openDir opens a directory to list it. Others can rename or remove it meanwhile, which
// [os.Open] does not allow.
func openDir(disk string) (*os.File, error) {
	h, err := openHandle(disk, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: disk, Err: err}
	}
	return os.NewFile(uintptr(h), disk), nil
}

// openHandle opens a directory with more flags for CreateFile.
func openHandle(disk string, flags uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(longPath(disk))
	if err != nil {
		return 0, err
	}
	return windows.CreateFile(name, windows.FILE_LIST_DIRECTORY, shareAll, nil, windows.OPEN_EXISTING,
		windows.FILE_FLAG_BACKUP_SEMANTICS|flags, 0)
}

// longPath returns an absolute path in the form that may have more than 260 characters.
// Windows Server 2016 takes no others; Go's own functions see to that themselves.
func longPath(disk string) string {
	switch {
	case len(disk) < 248 || strings.HasPrefix(disk, `\\?\`) || strings.HasPrefix(disk, `\\.\`):
		return disk
	case strings.HasPrefix(disk, `\\`):
		return `\\?\UNC\` + disk[2:]
	}
	return `\\?\` + disk
}
