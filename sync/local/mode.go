package local

import (
	"fmt"
	"io/fs"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// setMode gives a file the permission bits that the step wants. It never sets set-uid,
// set-gid or the sticky bit, and changes nothing behind links.
func (d *Directory) setMode(root *rootDir, s sync.Step) (manifest.Entry, error) {
	dir, err := d.openDir(root, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, changedIfGone(err)
	}
	defer dir.close()
	name := d.spellings.expectedName(s.Path, s.Expect)
	if _, _, err := dir.expect(name, s.Expect); err != nil {
		return manifest.Entry{}, err
	}
	f, err := dir.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return manifest.Entry{}, err
	}
	defer f.Close()
	if _, err := expectOpen(root, f, s.Expect); err != nil {
		return manifest.Entry{}, err
	}
	if err := f.Chmod(permOf(s.Want)); err != nil {
		return manifest.Entry{}, fmt.Errorf("setting the mode: %w", err)
	}
	now, err := expectOpen(root, f, s.Expect)
	if err != nil {
		return manifest.Entry{}, err
	}
	return d.withSpelling(s.Path, now, name), nil
}

// expectOpen returns what an open file is now. The error wraps [sync.ErrChanged] if that is
// not what was expected.
func expectOpen(root *rootDir, f *os.File, was manifest.Entry) (manifest.Entry, error) {
	info, err := f.Stat()
	if err != nil {
		return manifest.Entry{}, err
	}
	now := root.entry(statOpen(f, info))
	return now, same(was, now)
}

// permOf returns the permission bits of an entry.
func permOf(e manifest.Entry) fs.FileMode { return fs.FileMode(e.Mode & 0o777) }
