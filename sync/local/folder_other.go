//go:build !linux && !darwin && !freebsd

package local

import "os"

// A folder is a directory that is being listed.
type folder struct{ root *os.Root }

// openFolder opens directory name, which may be a path, below root.
func openFolder(root *os.Root, name string) (*folder, error) {
	sub, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	return &folder{root: sub}, nil
}

// sub opens directory name in f.
func (f *folder) sub(name string) (*folder, error) {
	sub, err := enter(f.root, name)
	if err != nil {
		return nil, err
	}
	return &folder{root: sub}, nil
}

func (f *folder) close() { f.root.Close() }

// names returns all names in f, in no order.
func (f *folder) names() ([]string, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdirnames(-1)
}

// lstat returns what name in f is.
func (f *folder) lstat(name string) (stat, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

// info returns what f itself is, for [os.SameFile].
func (f *folder) info() (os.FileInfo, error) { return f.root.Stat(".") }
