package local

import "os"

// OpenFile is that of [os.Root], and opens files of 2 GiB and more on 32-bit systems, too.
func (root *rootDir) OpenFile(name string, flag int, perm os.FileMode) (*os.File, error) {
	return root.Root.OpenFile(name, flag|largeFile, perm)
}

// OpenFile is that of [os.Root], and opens files of 2 GiB and more on 32-bit systems, too.
func (dir *dirHandle) OpenFile(name string, flag int, perm os.FileMode) (*os.File, error) {
	return dir.Root.OpenFile(name, flag|largeFile, perm)
}
