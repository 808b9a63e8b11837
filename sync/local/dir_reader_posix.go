//go:build linux || darwin || freebsd

package local

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// A dirReader is an open directory that is being listed. Subdirectories are
// opened without following links.
type dirReader struct{ fd int }

// openDirReader opens the directory name below root. The name may be a path, and
// the path may contain links that stay below root.
func openDirReader(root *os.Root, name string) (*dirReader, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return (&dirReader{fd: int(f.Fd())}).sub(".")
}

// sub opens the directory name in f.
func (f *dirReader) sub(name string) (*dirReader, error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	for {
		fd, err := unix.Openat(f.fd, name, flags, 0)
		switch err {
		case nil:
			return &dirReader{fd: fd}, nil
		case unix.EINTR:
		default:
			return nil, fmt.Errorf("opening directory: %w", err)
		}
	}
}

func (f *dirReader) close() { unix.Close(f.fd) }

// names returns all names in f, in any order.
func (f *dirReader) names() ([]string, error) {
	var names []string
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.ReadDirent(f.fd, buf)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, fmt.Errorf("reading directory: %w", err)
		case n <= 0:
			return names, nil
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// lstat returns what name in f is.
func (f *dirReader) lstat(name string) (stat, error) {
	var s unix.Stat_t
	for {
		switch err := unix.Fstatat(f.fd, name, &s, unix.AT_SYMLINK_NOFOLLOW); err {
		case nil:
			return statOfUnix(&s), nil
		case unix.EINTR:
		default:
			return stat{}, err
		}
	}
}

// info returns what f itself is, for [os.SameFile].
func (f *dirReader) info() (os.FileInfo, error) {
	fd, err := unix.Dup(f.fd)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), ".")
	defer file.Close()
	return file.Stat()
}
