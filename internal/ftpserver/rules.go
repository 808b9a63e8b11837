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

// rules are the files as the library sees them, with the manners of the usual servers: DELE removes files only, RMD
// empty directories only, nothing is made below a directory that is not there, and SITE knows CHMOD alone. (The
// library by itself maps DELE and RMD to one call, and has a SITE RMDIR that removes whole trees.)
type rules struct {
	afero.Fs
	zone        *time.Location
	readOnly    bool
	noOverwrite bool
}

var errReadOnly = errors.New("read-only server")

// Name implements afero.Fs.
func (r *rules) Name() string { return "ftpserver" }

// Remove implements DELE. A link goes, not what it points to.
func (r *rules) Remove(name string) error {
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
func (r *rules) RemoveDir(name string) error {
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

// RemoveAll is never asked for, since SITE RMDIR is not there.
func (r *rules) RemoveAll(string) error { return errors.ErrUnsupported }

// Mkdir implements MKD.
func (r *rules) Mkdir(name string, mode os.FileMode) error {
	if err := r.mayMake(name); err != nil {
		return err
	}
	if _, err := r.lstat(name); err == nil {
		return fmt.Errorf("%s: file exists", name)
	}
	return r.Fs.Mkdir(name, mode)
}

// MkdirAll is never asked for, since SITE MKDIR is not there.
func (r *rules) MkdirAll(string, os.FileMode) error { return errors.ErrUnsupported }

// Rename implements RNTO: a file replaces a file, a directory nothing.
func (r *rules) Rename(from, to string) error {
	if err := r.mayMake(to); err != nil {
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

// OpenFile implements STOR, APPE and RETR. What is neither a file nor a link to one is refused, since reading a
// fifo would block for ever.
func (r *rules) OpenFile(name string, flag int, mode os.FileMode) (afero.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		if err := r.mayMake(name); err != nil {
			return nil, err
		}
	}
	if info, err := r.Fs.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	return r.Fs.OpenFile(name, flag, 0o644|mode&0o111)
}

func (r *rules) Create(name string) (afero.File, error) {
	return r.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}

func (r *rules) Open(name string) (afero.File, error) { return r.OpenFile(name, os.O_RDONLY, 0) }

// Chmod implements SITE CHMOD.
func (r *rules) Chmod(name string, mode os.FileMode) error {
	if r.readOnly {
		return errReadOnly
	}
	return r.Fs.Chmod(name, mode&0o777)
}

// Chtimes implements MFMT.
func (r *rules) Chtimes(name string, accessed, modified time.Time) error {
	if r.readOnly {
		return errReadOnly
	}
	if _, err := r.Stat(name); err != nil {
		return err
	}
	return r.Fs.Chtimes(name, accessed, modified)
}

func (r *rules) Chown(string, int, int) error { return errors.ErrUnsupported }

// Stat gives times in the zone of the server, which the library prints as they are.
func (r *rules) Stat(name string) (os.FileInfo, error) {
	info, err := r.Fs.Stat(name)
	if err != nil {
		return nil, err
	}
	return zoned{info, r.zone}, nil
}

// ReadDir gives the entries of a directory in order of their names.
func (r *rules) ReadDir(name string) ([]os.FileInfo, error) {
	entries, err := r.entries(name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b os.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	for i, info := range entries {
		entries[i] = zoned{info, r.zone}
	}
	return entries, nil
}

// entries reads a directory: by itself where the files know how, since that never looks outside the root.
func (r *rules) entries(name string) ([]os.FileInfo, error) {
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
func (r *rules) Site(param string) *library.AnswerCommand {
	verb, rest, _ := strings.Cut(param, " ")
	if strings.EqualFold(verb, "CHMOD") && strings.Contains(rest, " ") {
		return nil
	}
	return &library.AnswerCommand{Code: 500, Message: "Unknown SITE command"}
}

// mayMake says whether a name can be made: the server is writable and the directory above is there.
func (r *rules) mayMake(name string) error {
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

func (r *rules) lstat(name string) (os.FileInfo, error) {
	if l, ok := r.Fs.(afero.Lstater); ok {
		info, _, err := l.LstatIfPossible(name)
		return info, err
	}
	return r.Fs.Stat(name)
}

// zoned is a file whose time is shown in the zone of the server.
type zoned struct {
	os.FileInfo
	zone *time.Location
}

func (z zoned) ModTime() time.Time { return z.FileInfo.ModTime().In(z.zone) }
