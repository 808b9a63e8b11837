package local

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"ferry/manifest"
)

// inode returns zeros: Go does not tell the identities of files on this system. Those that
// have a handle ask for them.
func inode(os.FileInfo) (device, inode uint64) { return 0, 0 }

// changeTime returns 0: Go does not tell it on this system.
func changeTime(os.FileInfo) int64 { return 0 }

// hasOtherLinks returns false: Go does not tell it on this system.
func hasOtherLinks(os.FileInfo) bool { return false }

// isNotDirectory reports whether err says that a name, or a component of the path
// above it, is not a directory.
func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// statOpen returns the attributes of the open file f, whose info is info.
func statOpen(f *os.File, info os.FileInfo) stat {
	s := statOf(info)
	if of, ok := statHandle(windows.Handle(f.Fd())); ok {
		s.device, s.inode = of.device, of.inode
	}
	return s
}

// statIn returns what name in root is. dir is root, too. To open a file for its attributes
// alone keeps nobody from anything, and works where others keep it to themselves.
func statIn(root *os.Root, dir *os.File, name string) (stat, error) {
	if h, err := openFor(windows.FILE_READ_ATTRIBUTES, dir, name); err == nil {
		s, ok := statHandle(h)
		windows.CloseHandle(h)
		if ok {
			return s, nil
		}
	}
	info, err := root.Lstat(name)
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

// statHandle returns the attributes of a file or directory; false if it is something else,
// as a link, which Go tells apart.
func statHandle(h windows.Handle) (stat, bool) {
	var info windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(h, &info) != nil || info.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0 {
		return stat{}, false
	}
	s := stat{
		kind:   manifest.File,
		size:   int64(info.FileSizeHigh)<<32 | int64(info.FileSizeLow),
		mtime:  time.Unix(0, info.LastWriteTime.Nanoseconds()),
		device: uint64(info.VolumeSerialNumber),
		inode:  uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow),
		mode:   0o666,
	}
	if info.FileAttributes&windows.FILE_ATTRIBUTE_READONLY != 0 {
		s.mode = 0o444
	}
	if info.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0 {
		s.kind, s.mode = manifest.Dir, fs.ModeDir|0o777
	}
	return s, true
}

// hasStableInodes reports whether a file keeps its number while it exists. On FAT the number
// tells the place of its name, and what a server of files tells is its own affair, though it
// calls its file system NTFS.
func hasStableInodes(dir *os.File) (bool, error) {
	h := windows.Handle(dir.Fd())
	var system [32]uint16
	err := windows.GetVolumeInformationByHandle(h, nil, 0, nil, nil, nil, &system[0], uint32(len(system)))
	isNTFS := err == nil && windows.UTF16ToString(system[:]) == "NTFS"
	return isNTFS && !isRemote(h), nil // unknown counts as no
}

// isRemote reports whether a file is on a server.
func isRemote(h windows.Handle) bool {
	var info [32]uint64 // FILE_REMOTE_PROTOCOL_INFO has 116 bytes
	return windows.GetFileInformationByHandleEx(h, windows.FileRemoteProtocolInfo, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))) == nil
}
