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

// remove takes a file away, to the trash or for good. The file is captured by a
// rename first and looked at once more, so that what somebody saved in the last
// moment is put back and not removed.
func (d *Directory) remove(h *home, s sync.Step, b *batch) error {
	pl, err := d.place(h, s.Path.Parent())
	if errors.Is(err, errNoDirectory) {
		return nil
	}
	if err != nil {
		return err
	}
	defer pl.close()
	name := d.names.existing(s.Path, s.Expect)
	_, now, err := pl.look(name)
	if err != nil || !now.Exists() {
		return err
	}
	if err := same(s.Expect, now); err != nil {
		return err
	}
	if s.Trash {
		tr, err := d.trash(h, pl.path(name))
		if err != nil {
			return err
		}
		defer tr.close()
		b.dirty(tr.place)
		err = capture(pl, name, tr.place, tr.name, s.Expect)
		if err != nil {
			return err
		}
	} else {
		aside := tempName(noFingerprint, name)
		if err := capture(pl, name, pl, aside, s.Expect); err != nil {
			return err
		}
		if err := pl.Remove(aside); err != nil {
			return errors.Join(err, renameNew(pl, aside, pl, name))
		}
	}
	b.dirty(pl)
	d.names.note(s.Path, "")
	return nil
}

// capture renames x to y, looks whether what went there is what was expected,
// and puts it back if not.
func capture(from *place, x string, to *place, y string, was manifest.Entry) error {
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
		return fmt.Errorf("%w; what was there is now %s: %w", err, to.path(y), back)
	}
	return err
}

// rmdir removes a directory that holds nothing, or nothing but half-written
// files that nobody is writing.
func (d *Directory) rmdir(h *home, s sync.Step, b *batch) error {
	pl, err := d.place(h, s.Path.Parent())
	if errors.Is(err, errNoDirectory) {
		return nil
	}
	if err != nil {
		return err
	}
	defer pl.close()
	name := d.names.existing(s.Path, s.Expect)
	_, now, err := pl.look(name)
	if err != nil || !now.Exists() {
		return err
	}
	if err := same(manifest.Entry{Kind: manifest.Dir}, now); err != nil {
		return err
	}
	err = pl.rmdir(name)
	if notEmpty(err) && d.empty(h, s.Path) {
		err = pl.rmdir(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case notEmpty(err):
		return errors.New("directory is not empty")
	case err != nil:
		return err
	}
	b.dirty(pl)
	d.left.note(s.Path, nil)
	d.names.note(s.Path, "")
	return nil
}

// empty removes half-written files from the directory at dir if it holds
// nothing else, and reports whether it did.
func (d *Directory) empty(h *home, dir manifest.Path) bool {
	pl, err := d.place(h, dir)
	if err != nil {
		return false
	}
	defer pl.close()
	names, err := pl.dir.Readdirnames(-1)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	infos := make([]os.FileInfo, len(names))
	for i, name := range names {
		if infos[i], err = pl.Lstat(name); err != nil || !manifest.IsOwn(dir, name) || !infos[i].Mode().IsRegular() {
			return false
		}
	}
	for i, name := range names {
		if err := pl.discard(name, infos[i]); err != nil {
			return false
		}
	}
	return true
}
