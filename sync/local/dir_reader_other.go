//go:build !linux && !darwin && !freebsd

package local

import (
	"errors"
	"os"
)

// A dirReader is an open directory that is being listed. Subdirectories are
// opened without following links.
type dirReader struct {
	root *os.Root
	file *os.File // the same directory
}

// openDirReader opens the directory name below root. The name may be a path, and
// the path may contain links that stay below root.
func openDirReader(root *os.Root, name string) (*dirReader, error) {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return newDirReader(sub)
}

// newDirReader reads the directory root, and closes it at the end.
func newDirReader(root *os.Root) (*dirReader, error) {
	file, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &dirReader{root, file}, nil
}

// sub opens the directory name in f.
func (f *dirReader) sub(name string) (*dirReader, error) {
	sub, err := enter(f.root, name)
	if err != nil {
		return nil, err
	}
	return newDirReader(sub)
}

func (f *dirReader) close() {
	f.file.Close()
	f.root.Close()
}

// names returns all names in f, in any order. It is called once.
func (f *dirReader) names() ([]string, error) { return f.file.Readdirnames(-1) }

// lstat returns what name in f is.
func (f *dirReader) lstat(name string) (stat, error) { return statIn(f.root, f.file, name) }

// info returns what f itself is, for [os.SameFile].
func (f *dirReader) info() (os.FileInfo, error) { return f.root.Stat(".") }
