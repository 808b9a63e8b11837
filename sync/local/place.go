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

// errNoDirectory is wrapped where the directory of a path is not there, or is
// none.
var errNoDirectory = errors.New("no such directory")

// A place is an open directory below the root, in which names are single
// components: whatever becomes of the path that led here, what is done in a
// place is done in that very directory.
type place struct {
	*os.Root
	home *home
	dir  *os.File // the same directory, for what os.Root has no words for
	at   string   // below the root, as it is spelled on disk
}

// place opens the directory at dir, going down from the root without following
// links.
func (d *Directory) place(h *home, dir manifest.Path) (*place, error) {
	return openPlace(h, d.names.disk(dir))
}

func openPlace(h *home, at string) (*place, error) {
	root, err := h.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	if at != "" {
		for name := range strings.SplitSeq(at, "/") {
			next, err := enter(root, name)
			root.Close()
			if err != nil {
				return nil, fmt.Errorf("directory %s: %w", at, err)
			}
			root = next
		}
	}
	f, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("directory %s: %w", at, err)
	}
	return &place{Root: root, home: h, dir: f, at: at}, nil
}

// enter opens directory name in root, unless it is a link.
func enter(root *os.Root, name string) (*os.Root, error) {
	info, err := root.Lstat(name)
	switch {
	case missing(err):
		return nil, fmt.Errorf("%w: %w", errNoDirectory, err)
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a symbolic link, and ferry changes nothing behind links", name)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is none", errNoDirectory, name)
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

// close lets go of the directory.
func (pl *place) close() {
	pl.Root.Close()
	pl.dir.Close()
}

// look returns what name is now; that it is not there is no error.
func (pl *place) look(name string) (stat, manifest.Entry, error) {
	if err := single(name); err != nil {
		return stat{}, manifest.Entry{}, err
	}
	info, err := pl.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return stat{}, manifest.Entry{}, nil
	case err != nil:
		return stat{}, manifest.Entry{}, err
	}
	s := statOf(info)
	return s, pl.home.entry(s), nil
}

// expect looks whether name is what was expected.
func (pl *place) expect(name string, was manifest.Entry) (stat, manifest.Entry, error) {
	s, now, err := pl.look(name)
	if err == nil {
		err = same(was, now)
	}
	return s, now, err
}

// single reports whether names are single components, which is what keeps system
// calls that know nothing of [os.Root] inside a place.
func single(names ...string) error {
	for _, name := range names {
		if err := manifest.CheckName(name); err != nil {
			return err
		}
	}
	return nil
}

// path returns the path of name below the root, as it is spelled on disk.
func (pl *place) path(name string) string {
	if pl.at == "" {
		return name
	}
	return pl.at + "/" + name
}
