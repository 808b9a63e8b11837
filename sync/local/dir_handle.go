package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// errNoDirectory is wrapped if a directory does not exist or is something else.
var errNoDirectory = errors.New("no such directory")

// A dirHandle is an open directory at or below the root. The names that its
// methods take are single path components. If the path of the directory changes
// meanwhile, the methods still act in this very directory.
type dirHandle struct {
	*os.Root
	root *rootDir
	file *os.File // the same directory, for system calls that os.Root lacks
	at   string   // path below the root, as it is spelled on disk
}

// openDir opens the directory at p. It goes down from the root without following
// links.
func (d *Directory) openDir(root *rootDir, p manifest.Path) (*dirHandle, error) {
	return openDir(root, d.spellings.diskPath(p))
}

// openDir is [Directory.openDir] for a path as it is spelled on disk.
func openDir(root *rootDir, at string) (*dirHandle, error) {
	current, err := root.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	if at != "" {
		for name := range strings.SplitSeq(at, "/") {
			next, err := enter(current, name)
			current.Close()
			if err != nil {
				return nil, fmt.Errorf("directory %s: %w", at, err)
			}
			current = next
		}
	}
	f, err := current.Open(".")
	if err != nil {
		current.Close()
		return nil, fmt.Errorf("directory %s: %w", at, err)
	}
	return &dirHandle{Root: current, root: root, file: f, at: at}, nil
}

// enter opens the directory name in root. It does not follow links.
func enter(root *os.Root, name string) (*os.Root, error) {
	info, err := root.Lstat(name)
	switch {
	case isMissing(err):
		return nil, fmt.Errorf("%w: %w", errNoDirectory, err)
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a symbolic link, and ferry changes nothing behind links", name)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is not a directory", errNoDirectory, name)
	}
	next, err := root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if now, err := next.Stat("."); err != nil || !os.SameFile(info, now) {
		next.Close()
		return nil, fmt.Errorf("%s was replaced: %w", name, errors.Join(sync.ErrChanged, err))
	}
	return next, nil
}

// close closes the directory. It may be called twice.
func (dir *dirHandle) close() {
	dir.Root.Close()
	dir.file.Close()
}

// lookup returns what name is now. If nothing is there it returns zero values
// and no error.
func (dir *dirHandle) lookup(name string) (stat, manifest.Entry, error) {
	if err := checkNames(name); err != nil {
		return stat{}, manifest.Entry{}, err
	}
	s, err := statIn(dir.Root, dir.file, name)
	switch {
	case errors.Is(err, fs.ErrNotExist), isImpossibleName(err):
		return stat{}, manifest.Entry{}, nil
	case err != nil:
		return stat{}, manifest.Entry{}, err
	}
	return s, dir.root.entry(s), nil
}

// expect returns what name is now. The error wraps [sync.ErrChanged] if that is
// not what was expected.
func (dir *dirHandle) expect(name string, was manifest.Entry) (stat, manifest.Entry, error) {
	s, now, err := dir.lookup(name)
	if err == nil {
		err = same(was, now)
	}
	return s, now, err
}

// names returns all names in the directory, in any order.
func (dir *dirHandle) names() ([]string, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// checkNames returns an error unless all names are single path components. This
// keeps system calls that bypass [os.Root] inside the directory they act on.
func checkNames(names ...string) error {
	for _, name := range names {
		if err := manifest.CheckName(name); err != nil {
			return err
		}
	}
	return nil
}

// path returns the path of name below the root, as it is spelled on disk.
func (dir *dirHandle) path(name string) string {
	if dir.at == "" {
		return name
	}
	return dir.at + "/" + name
}
