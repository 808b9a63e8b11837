package local

import (
	"errors"
	"fmt"
	"io/fs"

	"ferry/sync"
)

// install gives the half-written file, which is whole now, its real name.
//
// Between the last look and the rename somebody may save a file there. Where
// nothing is expected, a rename that replaces nothing settles that. Where a file
// is expected, the two are exchanged in one step and what came out is looked at:
// if it is not what was expected, they are exchanged back.
func (w *writing) install(b *batch) error {
	if !w.s.Expect.Exists() {
		if err := renameNew(w.pl, w.temp, w.pl, w.name); err != nil {
			return err
		}
		w.temp = ""
		return nil
	}
	if w.s.Trash {
		return w.installTrashing(b)
	}
	return w.swap()
}

// installTrashing gives the old version a second name in the trash before the
// new one takes its place, so that the name is never free. Where the disk has no
// second names the old version is renamed to the trash.
func (w *writing) installTrashing(b *batch) error {
	tr, err := w.d.trash(w.home, w.pl.path(w.name))
	if err != nil {
		return err
	}
	defer tr.close()
	b.dirty(tr.place)
	err = link(w.pl, w.name, tr.place, tr.name)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return w.installMoving(tr)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	case err != nil:
		return err
	}
	if _, _, err = tr.expect(tr.name, w.s.Expect); err == nil {
		err = w.swap()
	}
	if err != nil {
		return errors.Join(err, tr.Remove(tr.name))
	}
	return nil
}

// installMoving renames the old version to the trash and the new one into its
// place.
func (w *writing) installMoving(tr *grave) error {
	if err := capture(w.pl, w.name, tr.place, tr.name, w.s.Expect); err != nil {
		return err
	}
	if err := renameNew(w.pl, w.temp, w.pl, w.name); err != nil {
		return errors.Join(err, renameNew(tr.place, tr.name, w.pl, w.name))
	}
	w.temp = ""
	return nil
}

// swap puts the new version in the place of the old one and removes that.
func (w *writing) swap() error {
	// Afterwards the old version has the name of the half-written file for a
	// moment. A crash then must leave nothing that looks like the beginning of
	// this source.
	name := tempName(noFingerprint, w.name)
	if err := renameNew(w.pl, w.temp, w.pl, name); err != nil {
		return err
	}
	w.temp = name
	err := exchange(w.pl, w.temp, w.name)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		if err := renameOver(w.pl, w.temp, w.pl, w.name); err != nil {
			return err
		}
		w.temp = ""
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	case err != nil:
		return err
	}
	if _, _, err := w.pl.expect(w.temp, w.s.Expect); err != nil {
		return errors.Join(err, w.swapBack())
	}
	old := w.temp
	w.temp = ""
	if err := w.pl.Remove(old); err != nil {
		w.d.log.Warn("replaced version is left behind", "path", w.pl.path(old), "error", err)
		w.d.left.add(w.s.Path.Parent(), old)
	}
	return nil
}

// swapBack undoes an exchange. If somebody replaced the file once more in
// between, what comes out is theirs, and goes to the trash.
func (w *writing) swapBack() error {
	if err := exchange(w.pl, w.temp, w.name); err != nil {
		w.d.log.Error("a file saved meanwhile is left beside", "path", w.pl.path(w.temp))
		w.temp = ""
		return fmt.Errorf("putting back: %w", err)
	}
	_, now, err := w.pl.look(w.temp)
	if err == nil && same(w.stamp, now) == nil {
		return nil
	}
	name := w.temp
	w.temp = ""
	tr, err := w.d.trash(w.home, w.pl.path(w.name))
	if err != nil {
		return err
	}
	defer tr.close()
	return renameNew(w.pl, name, tr.place, tr.name)
}
