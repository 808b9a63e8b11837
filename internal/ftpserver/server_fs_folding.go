package ftpserver

import (
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// foldingFS takes names that differ only in case for one, as a Windows disk or a memory card does. A name shows the case
// in which it was made.
type foldingFS struct{ *disk }

// real returns the path of what name leads to. Components that do not exist stay as they are.
func (f foldingFS) real(name string) string {
	at := "/"
	for one := range strings.SplitSeq(strings.Trim(path.Clean("/"+name), "/"), "/") {
		if _, err := f.root.Lstat(rel(path.Join(at, one))); err != nil {
			if infos, err := f.disk.ReadDir(at); err == nil {
				for _, info := range infos {
					if strings.EqualFold(info.Name(), one) {
						one = info.Name()
						break
					}
				}
			}
		}
		at = path.Join(at, one)
	}
	return at
}

func (f foldingFS) Create(name string) (afero.File, error) { return f.disk.Create(f.real(name)) }
func (f foldingFS) Open(name string) (afero.File, error)   { return f.disk.Open(f.real(name)) }
func (f foldingFS) Mkdir(name string, mode os.FileMode) error {
	return f.disk.Mkdir(f.real(name), mode)
}
func (f foldingFS) MkdirAll(name string, mode os.FileMode) error {
	return f.disk.MkdirAll(f.real(name), mode)
}
func (f foldingFS) Remove(name string) error              { return f.disk.Remove(f.real(name)) }
func (f foldingFS) RemoveAll(name string) error           { return f.disk.RemoveAll(f.real(name)) }
func (f foldingFS) Stat(name string) (os.FileInfo, error) { return f.disk.Stat(f.real(name)) }
func (f foldingFS) Chmod(name string, mode os.FileMode) error {
	return f.disk.Chmod(f.real(name), mode)
}
func (f foldingFS) ReadDir(name string) ([]os.FileInfo, error) { return f.disk.ReadDir(f.real(name)) }

func (f foldingFS) Chtimes(name string, accessed, modified time.Time) error {
	return f.disk.Chtimes(f.real(name), accessed, modified)
}

func (f foldingFS) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	return f.disk.OpenFile(f.real(name), flag, mode)
}

// LstatIfPossible implements afero.Lstater.
func (f foldingFS) LstatIfPossible(name string) (os.FileInfo, bool, error) {
	return f.disk.LstatIfPossible(f.real(name))
}

// Rename gives a file its new name in the case that is asked for, unless another file has it.
func (f foldingFS) Rename(from, to string) error {
	old, there := f.real(from), f.real(to)
	if old == there {
		there = path.Join(path.Dir(there), path.Base(to))
	}
	return f.disk.Rename(old, there)
}
