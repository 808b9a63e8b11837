package watcher

import (
	"os"

	"golang.org/x/sys/windows"
)

// identify returns nothing: Go does not tell the number of a file. It is needed for the root
// only, since one watch does for all directories.
func identify(os.FileInfo) identity { return identity{} }

// identifyOpen returns the identity of an open directory.
func identifyOpen(f *os.File, _ os.FileInfo) identity {
	var info windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info) != nil {
		return identity{}
	}
	return identity{device: uint64(info.VolumeSerialNumber), inode: uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)}
}
