package local

import (
	"errors"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// mkdir makes a directory. A directory that is already there is no error.
func (d *Directory) mkdir(root *rootDir, s sync.Step, batch *durableBatch) (manifest.Entry, error) {
	if err := checkNew(s.Path); err != nil {
		return manifest.Entry{}, err
	}
	dir, err := d.openDir(root, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	defer dir.close()
	name := newName(s.Path, s.Want)
	if _, now, err := dir.lookup(d.spellings.diskName(s.Path)); err != nil || now.IsDir() {
		return d.withSpelling(s.Path, now, d.spellings.diskName(s.Path)), err
	}
	if err := dir.Mkdir(name, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return manifest.Entry{}, err
	}
	_, now, err := dir.expect(name, manifest.Entry{Kind: manifest.Dir})
	if err != nil {
		return manifest.Entry{}, err
	}
	batch.dirty(dir)
	return d.withSpelling(s.Path, now, name), nil
}

// withSpelling returns e with its name as it is spelled on disk, and remembers
// that spelling.
func (d *Directory) withSpelling(p manifest.Path, e manifest.Entry, name string) manifest.Entry {
	e.Name = ""
	if e.Exists() && name != p.Base() {
		e.Name = name
	}
	d.spellings.set(p, e.Name)
	return e
}
