package ftpserver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	library "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

// serverFS is the file system that the library sees. It follows the rules of usual servers: DELE removes files only, RMD
// removes empty directories only, nothing is created in a missing directory, and SITE knows only CHMOD. (The library
// itself maps DELE and RMD to one call, and has a SITE RMDIR that removes whole trees.)
type serverFS struct {
	afero.Fs
	zone        *time.Location
	readOnly    bool
	noOverwrite bool
}

var errReadOnly = errors.New("read-only server")

// Name implements afero.Fs.
func (r *serverFS) Name() string { return "ftpserver" }

// Remove implements DELE. It removes a link, not what the link points to.
func (r *serverFS) Remove(name string) error {
	if r.readOnly {
		return errReadOnly
	}
	info, err := r.lstat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s: is a directory", name)
	}
	return r.Fs.Remove(name)
}

// RemoveDir implements RMD.
func (r *serverFS) RemoveDir(name string) error {
	if r.readOnly {
		return errReadOnly
	}
	info, err := r.lstat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: not a directory", name)
	}
	if path.Clean(name) == "/" {
		return fmt.Errorf("%s: is the root", name)
	}
	within, err := afero.ReadDir(r.Fs, name)
	if err != nil {
		return err
	}
	if len(within) > 0 {
		return fmt.Errorf("%s: directory not empty", name)
	}
	return r.Fs.Remove(name)
}

// RemoveAll is never called, because there is no SITE RMDIR.
func (r *serverFS) RemoveAll(string) error { return errors.ErrUnsupported }

// Mkdir implements MKD.
func (r *serverFS) Mkdir(name string, mode os.FileMode) error {
	if err := r.checkCreate(name); err != nil {
		return err
	}
	if _, err := r.lstat(name); err == nil {
		return fmt.Errorf("%s: file exists", name)
	}
	return r.Fs.Mkdir(name, mode)
}

// MkdirAll is never called, because there is no SITE MKDIR.
func (r *serverFS) MkdirAll(string, os.FileMode) error { return errors.ErrUnsupported }

// Rename implements RNTO. A file may replace a file; a directory replaces nothing.
func (r *serverFS) Rename(from, to string) error {
	if err := r.checkCreate(to); err != nil {
		return err
	}
	old, err := r.lstat(from)
	if err != nil {
		return err
	}
	switch there, err := r.lstat(to); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case r.noOverwrite || there.IsDir() || old.IsDir():
		return fmt.Errorf("%s: file exists", to)
	}
	if strings.HasPrefix(path.Clean(to)+"/", path.Clean(from)+"/") && path.Clean(to) != path.Clean(from) {
		return fmt.Errorf("%s: is below %s", to, from)
	}
	return r.Fs.Rename(from, to)
}

// OpenFile implements STOR, APPE and RETR. It opens only files and links to files: reading a pipe would block forever.
func (r *serverFS) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		if err := r.checkCreate(name); err != nil {
			return nil, err
		}
	}
	if info, err := r.Fs.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	return r.Fs.OpenFile(name, flag, 0o644|mode&0o111)
}

func (r *serverFS) Create(name string) (afero.File, error) {
	return r.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}

func (r *serverFS) Open(name string) (afero.File, error) { return r.OpenFile(name, os.O_RDONLY, 0) }

// Chmod implements SITE CHMOD.
func (r *serverFS) Chmod(name string, mode os.FileMode) error {
	if r.readOnly {
		return errReadOnly
	}
	return r.Fs.Chmod(name, mode&0o777)
}

// Chtimes implements MFMT.
func (r *serverFS) Chtimes(name string, accessed, modified time.Time) error {
	if r.readOnly {
		return errReadOnly
	}
	if _, err := r.Stat(name); err != nil {
		return err
	}
	return r.Fs.Chtimes(name, accessed, modified)
}

func (r *serverFS) Chown(string, int, int) error { return errors.ErrUnsupported }

// Stat returns times in the zone of the server. The library prints them as they are.
func (r *serverFS) Stat(name string) (os.FileInfo, error) {
	info, err := r.Fs.Stat(name)
	if err != nil {
		return nil, err
	}
	return zonedInfo{info, r.zone}, nil
}

// ReadDir returns the entries of a directory in the order of their names.
func (r *serverFS) ReadDir(name string) ([]os.FileInfo, error) {
	entries, err := r.entries(name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b os.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	for i, info := range entries {
		entries[i] = zonedInfo{info, r.zone}
	}
	return entries, nil
}

// entries reads a directory. It uses the ReadDir of the files if there is one, because that never follows a link out of
// the root.
func (r *serverFS) entries(name string) ([]os.FileInfo, error) {
	if own, ok := r.Fs.(library.ClientDriverExtensionFileList); ok {
		return own.ReadDir(name)
	}
	dir, err := r.Fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdir(-1)
}

// Site implements SITE.
func (r *serverFS) Site(param string) *library.AnswerCommand {
	verb, rest, _ := strings.Cut(param, " ")
	if strings.EqualFold(verb, "CHMOD") && strings.Contains(rest, " ") {
		return nil
	}
	return &library.AnswerCommand{Code: 500, Message: "Unknown SITE command"}
}

// checkCreate returns an error if nothing can be created at name: the server is read-only, or the parent is missing.
func (r *serverFS) checkCreate(name string) error {
	if r.readOnly {
		return errReadOnly
	}
	info, err := r.Fs.Stat(path.Dir(path.Clean(name)))
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	return nil
}

// exists reports whether something has this name.
func (r *serverFS) exists(name string) bool {
	_, err := r.lstat(name)
	return err == nil
}

// isEmptyDir reports whether a directory holds nothing.
func (r *serverFS) isEmptyDir(name string) bool {
	found, err := r.entries(name)
	return err == nil && len(found) == 0
}

func (r *serverFS) lstat(name string) (os.FileInfo, error) {
	if l, ok := r.Fs.(afero.Lstater); ok {
		info, _, err := l.LstatIfPossible(name)
		return info, err
	}
	return r.Fs.Stat(name)
}

// zonedInfo is a file whose time is in the zone of the server.
type zonedInfo struct {
	os.FileInfo
	zone *time.Location
}

func (z zonedInfo) ModTime() time.Time { return z.FileInfo.ModTime().In(z.zone) }
