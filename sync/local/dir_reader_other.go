//go:build !linux && !darwin && !freebsd

package local

import "os"

// A dirReader is an open directory that is being listed. Subdirectories are
// opened without following links.
type dirReader struct{ root *os.Root }

// openDirReader opens the directory name below root. The name may be a path, and
// the path may contain links that stay below root.
func openDirReader(root *os.Root, name string) (*dirReader, error) {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &dirReader{root: sub}, nil
}

// sub opens the directory name in f.
func (f *dirReader) sub(name string) (*dirReader, error) {
	sub, err := enter(f.root, name)
	if err != nil {
		return nil, err
	}
	return &dirReader{root: sub}, nil
}

func (f *dirReader) close() { f.root.Close() }

// names returns all names in f, in any order.
func (f *dirReader) names() ([]string, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdirnames(-1)
}

// lstat returns what name in f is.
func (f *dirReader) lstat(name string) (stat, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

// info returns what f itself is, for [os.SameFile].
func (f *dirReader) info() (os.FileInfo, error) { return f.root.Stat(".") }
