package ftpserver

import (
	"io"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// disk is a directory on disk as an afero.Fs. It uses os.Root, so that neither ".." nor a link leads outside.
type disk struct{ root *os.Root }

func openDisk(dir string) (*disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &disk{root}, nil
}

// rel turns an absolute path of the server into a path for os.Root.
func rel(name string) string {
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name != "" {
		return name
	}
	return "."
}

func (d *disk) Close() error { return d.root.Close() }
func (d *disk) Name() string { return "disk" }

func (d *disk) Create(name string) (afero.File, error) {
	return d.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}

func (d *disk) Open(name string) (afero.File, error) { return d.OpenFile(name, os.O_RDONLY, 0) }

func (d *disk) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	f, err := d.root.OpenFile(rel(name), flag|largeFile, mode)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return f, nil
}

func (d *disk) Mkdir(name string, mode os.FileMode) error    { return d.root.Mkdir(rel(name), mode) }
func (d *disk) MkdirAll(name string, mode os.FileMode) error { return d.root.MkdirAll(rel(name), mode) }
func (d *disk) Remove(name string) error                     { return d.root.Remove(rel(name)) }
func (d *disk) RemoveAll(name string) error                  { return d.root.RemoveAll(rel(name)) }
func (d *disk) Rename(from, to string) error                 { return d.root.Rename(rel(from), rel(to)) }
func (d *disk) Stat(name string) (os.FileInfo, error)        { return d.root.Stat(rel(name)) }
func (d *disk) Chmod(name string, mode os.FileMode) error    { return d.root.Chmod(rel(name), mode) }
func (d *disk) Chown(name string, uid, gid int) error        { return d.root.Chown(rel(name), uid, gid) }
func (d *disk) Chtimes(name string, accessed, modified time.Time) error {
	return d.root.Chtimes(rel(name), accessed, modified)
}

// LstatIfPossible implements afero.Lstater.
func (d *disk) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	info, err := d.root.Lstat(rel(name))
	return info, true, err
}

// ReadDir reads a directory. Links are shown as links. An entry that is removed meanwhile is left out; any other error
// fails the whole listing, so that a listing is always complete.
func (d *disk) ReadDir(name string) ([]os.FileInfo, error) {
	dir, err := d.root.OpenRoot(rel(name))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil && err != io.EOF {
		return nil, err
	}
	infos := make([]os.FileInfo, 0, len(names))
	for _, one := range names {
		info, err := dir.Lstat(one)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}
