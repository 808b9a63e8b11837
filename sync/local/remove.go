package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// remove moves a file to the trash or removes it. It renames the file first and
// checks it again, so that a version that somebody saved in the last moment is put
// back and not removed.
func (d *Directory) remove(root *rootDir, s sync.Step, batch *durableBatch) error {
	dir, name, now, err := d.findExpected(root, s)
	if err != nil || dir == nil {
		return err
	}
	defer dir.close()
	if err := same(s.Expect, now); err != nil {
		return err
	}
	if s.Trash {
		if err := checkMovable(dir, name); err != nil {
			return err
		}
		slot, err := d.trash(root, dir.path(name))
		if err != nil {
			return err
		}
		defer slot.close()
		batch.dirty(slot.dirHandle)
		if err := slot.keep(dir, name, d.asideName(s.Path.Parent()), s.Expect); err != nil {
			return err
		}
	} else if err := removeChecked(dir, name, d.asideName(s.Path.Parent()), s.Expect); err != nil {
		return err
	}
	batch.dirty(dir)
	d.spellings.set(s.Path, "")
	return nil
}

// asideName returns a name in dir that a file can have while it is looked at.
func (d *Directory) asideName(dir manifest.Path) string {
	d.temps.journal.Begin(string(dir))
	return d.temps.newName(noFingerprint)
}

// removeChecked removes a file, if it is what was expected. While it is looked at it has
// the name aside.
func removeChecked(dir *dirHandle, name, aside string, was manifest.Entry) error {
	if err := renameChecked(dir, name, dir, aside, was); err != nil {
		return err
	}
	if err := dir.Remove(aside); err != nil {
		return errors.Join(err, renameNew(dir, aside, dir, name))
	}
	return nil
}

// findExpected returns the directory of what a step removes, its name there as it
// is spelled on disk, and what it is now. The directory is nil if nothing is there
// any more; otherwise the caller closes it.
func (d *Directory) findExpected(root *rootDir, s sync.Step) (dir *dirHandle, name string, now manifest.Entry, err error) {
	dir, err = d.openDir(root, s.Path.Parent())
	if errors.Is(err, errNoDirectory) {
		return nil, "", now, nil
	}
	if err != nil {
		return nil, "", now, err
	}
	name = d.spellings.expectedName(s.Path, s.Expect)
	_, now, err = dir.lookup(name)
	if err != nil || !now.Exists() {
		dir.close()
		return nil, "", now, err
	}
	return dir, name, now, nil
}

// renameChecked renames x to y, checks whether the renamed file is what was
// expected, and renames it back if not.
func renameChecked(from *dirHandle, x string, to *dirHandle, y string, was manifest.Entry) error {
	if err := renameNew(from, x, to, y); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", sync.ErrChanged, err)
		}
		return err
	}
	_, _, err := to.expect(y, was)
	if err == nil {
		return nil
	}
	if back := renameNew(to, y, from, x); back != nil {
		return fmt.Errorf("%w; the file is now at %s: %w", err, to.path(y), back)
	}
	return err
}

// rmdir removes a directory that is empty, or that holds nothing but temporary
// files that nobody is writing.
func (d *Directory) rmdir(root *rootDir, s sync.Step, batch *durableBatch) error {
	dir, name, now, err := d.findExpected(root, s)
	if err != nil || dir == nil {
		return err
	}
	defer dir.close()
	if err := same(manifest.Entry{Kind: manifest.Dir}, now); err != nil {
		return err
	}
	err = dir.rmdir(name)
	if isNotEmpty(err) && d.clearTemps(root, s.Path) {
		err = dir.rmdir(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case isNotEmpty(err):
		return errors.New("directory is not empty")
	case err != nil:
		return err
	}
	batch.dirty(dir)
	d.temps.set(s.Path, nil)
	d.spellings.set(s.Path, "")
	return nil
}

// clearTemps removes the temporary files in the directory at p if it holds
// nothing else, and reports whether it removed them all.
func (d *Directory) clearTemps(root *rootDir, p manifest.Path) bool {
	dir, err := d.openDir(root, p)
	if err != nil {
		return false
	}
	defer dir.close()
	names, err := dir.file.Readdirnames(-1)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	infos := make([]os.FileInfo, len(names))
	for i, name := range names {
		if infos[i], err = dir.Lstat(name); err != nil || !d.mayRemoveTemp(p, name, infos[i]) {
			return false
		}
	}
	for i, name := range names {
		if err := d.removeLeftover(root, dir, name, infos[i], false); err != nil {
			return false
		}
	}
	return true
}
