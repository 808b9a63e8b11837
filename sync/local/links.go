package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/links"
)

// Links implements [sync.Replica].
func (d *Directory) Links(ctx context.Context, paths []manifest.Path) (targets []string, makes bool, err error) {
	root, err := d.currentRoot()
	if err != nil {
		return nil, false, err
	}
	targets = make([]string, len(paths))
	for i, p := range paths {
		if err := stopped(ctx); err != nil {
			return nil, false, err
		}
		targets[i] = d.readLink(root, p)
	}
	return targets, true, nil
}

// readLink returns what the link at p leads to, or "".
func (d *Directory) readLink(root *rootDir, p manifest.Path) string {
	dir, err := d.openDir(root, p.Parent())
	if err != nil {
		return ""
	}
	defer dir.close()
	target, err := dir.Readlink(d.spellings.diskName(p))
	switch {
	case err != nil:
		return ""
	case filepath.IsAbs(target) && !strings.HasPrefix(target, "/"):
		return "/" + target // of Windows: absolute, and nowhere below the root
	}
	return filepath.ToSlash(target)
}

// makeLink makes a symbolic link where nothing is. Where the system makes none, the error
// wraps [sync.ErrUnsupported].
func (d *Directory) makeLink(root *rootDir, s sync.Step, batch *durableBatch) (manifest.Entry, error) {
	if err := checkNew(s.Path); err != nil {
		return manifest.Entry{}, err
	}
	dir, err := d.openDir(root, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	defer dir.close()
	name := newName(s.Path, s.Want)
	if _, _, err := dir.expect(name, manifest.Entry{}); err != nil {
		return manifest.Entry{}, err
	}
	to, inside := links.Resolve(s.Path, s.Target)
	if !inside || strings.HasPrefix(s.Target, "/") {
		return manifest.Entry{}, &sync.LinkError{Err: fmt.Errorf("%q may lead out of the directory", s.Target)}
	}
	if err := checkNew(to); err != nil {
		return manifest.Entry{}, &sync.LinkError{Err: err}
	}
	if err := dir.Symlink(filepath.FromSlash(s.Target), name); errors.Is(err, fs.ErrExist) {
		return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrChanged, err)
	} else if err != nil {
		return manifest.Entry{}, &sync.LinkError{Err: err}
	}
	_, now, err := dir.lookup(name)
	if err != nil {
		return manifest.Entry{}, err
	}
	batch.dirty(dir)
	return d.withSpelling(s.Path, now, name), nil
}
