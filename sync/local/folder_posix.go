//go:build linux || darwin || freebsd

package local

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// A folder is a directory that is being listed. It is reached without following
// links; see openFolder for how the first one is.
type folder struct{ fd int }

// openFolder opens directory name, which may be a path, below root.
func openFolder(root *os.Root, name string) (*folder, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return (&folder{fd: int(f.Fd())}).sub(".")
}

// sub opens directory name in f.
func (f *folder) sub(name string) (*folder, error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	for {
		fd, err := unix.Openat(f.fd, name, flags, 0)
		switch err {
		case nil:
			return &folder{fd: fd}, nil
		case unix.EINTR:
		default:
			return nil, fmt.Errorf("opening directory: %w", err)
		}
	}
}

func (f *folder) close() { unix.Close(f.fd) }

// names returns all names in f, in no order.
func (f *folder) names() ([]string, error) {
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
func (f *folder) lstat(name string) (stat, error) {
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
func (f *folder) info() (os.FileInfo, error) {
	fd, err := unix.Dup(f.fd)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), ".")
	defer file.Close()
	return file.Stat()
}
