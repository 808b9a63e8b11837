package local

import (
	"errors"
	"fmt"
	"io/fs"

	"ferry/sync"
)

// install gives the complete temporary file its real name.
//
// Somebody may save a file under that name between the last check and the rename.
// If no file is expected there, a rename that never replaces anything prevents
// that the file is lost. If one is expected, the two files are exchanged in one
// step and the old one is checked afterwards. If it is not what was expected, they
// are exchanged back.
func (w *fileWriter) install(batch *durableBatch) error {
	if !w.step.Expect.Exists() {
		if err := renameNew(w.dir, w.temp, w.dir, w.name); err != nil {
			return err
		}
		w.temp = ""
		return nil
	}
	if w.step.Trash {
		return w.replaceKeepingOld(batch)
	}
	return w.replace()
}

// replaceKeepingOld links the old version into the trash before the new version
// replaces it, so that there is a file under the name at any moment. If the trash is
// on another file system, it gets a copy. Where the file system has no hard links, the
// old version is moved to the trash instead, and so is a program that runs. What cannot be
// replaced is not linked: its link could not be removed either.
func (w *fileWriter) replaceKeepingOld(batch *durableBatch) error {
	if err := checkMovable(w.dir, w.name); err != nil {
		return err
	}
	slot, err := w.d.trash(w.root, w.dir.path(w.name))
	if err != nil {
		return err
	}
	defer slot.close()
	batch.dirty(slot.dirHandle)
	if heldAgainstWriting(w.dir, w.name) {
		return w.replaceMovingOld(slot)
	}
	err = link(w.dir, w.name, slot.dirHandle, slot.name)
	switch {
	case isOtherDevice(err):
		if err := copyAcross(w.dir, w.name, slot.dirHandle, slot.name, w.step.Expect); err != nil {
			return err
		}
		err = w.replace()
	case errors.Is(err, errors.ErrUnsupported):
		return w.replaceMovingOld(slot)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	case err != nil:
		return err
	default:
		if _, _, err = slot.expect(slot.name, w.step.Expect); err == nil {
			err = w.replace()
		}
	}
	if err != nil {
		return errors.Join(err, slot.Remove(slot.name))
	}
	w.keepReadOnly(slot.dirHandle, slot.name) // it shares its attributes with what was made writable
	return nil
}

// replaceMovingOld moves the old version to the trash, and then the new version
// to its name.
func (w *fileWriter) replaceMovingOld(slot *trashSlot) error {
	if err := renameChecked(w.dir, w.name, slot.dirHandle, slot.name, w.step.Expect); err != nil {
		return err
	}
	if err := renameNew(w.dir, w.temp, w.dir, w.name); err != nil {
		return errors.Join(err, renameNew(slot.dirHandle, slot.name, w.dir, w.name))
	}
	w.temp = ""
	return nil
}

// replace exchanges the old and the new version, and removes the old one.
func (w *fileWriter) replace() error {
	// After the exchange the old version has the name of the temporary file for a
	// moment. A crash at this point must not leave a file that a later attempt
	// takes for the beginning of this source.
	name := w.d.temps.newName(noFingerprint)
	if err := renameNew(w.dir, w.temp, w.dir, name); err != nil {
		return err
	}
	w.temp = name
	err := exchange(w.dir, w.temp, w.name)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		if err := w.overwrite(); err != nil {
			return err
		}
		w.temp = ""
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	case err != nil:
		return err
	}
	if _, _, err := w.dir.expect(w.temp, w.step.Expect); err != nil {
		return errors.Join(err, w.undoReplace())
	}
	old := w.temp
	w.temp = ""
	if err := w.dir.Remove(old); err != nil {
		w.d.log.Warn("the replaced version could not be removed", "path", w.dir.path(old), "error", err)
		w.d.temps.add(w.step.Path.Parent(), old)
	}
	return nil
}

// undoReplace exchanges the two versions back. If somebody replaced the file in
// between, their version now has the temporary name, and is moved to the trash.
func (w *fileWriter) undoReplace() error {
	if err := exchange(w.dir, w.temp, w.name); err != nil {
		w.d.log.Error("a file that was saved meanwhile now has a temporary name", "path", w.dir.path(w.temp))
		w.temp = ""
		return fmt.Errorf("restoring the file that was saved meanwhile: %w", err)
	}
	_, now, err := w.dir.lookup(w.temp)
	if err == nil && same(w.written, now) == nil {
		return nil
	}
	name := w.temp
	w.temp = ""
	slot, err := w.d.trash(w.root, w.dir.path(w.name))
	if err != nil {
		return err
	}
	defer slot.close()
	err = renameNew(w.dir, name, slot.dirHandle, slot.name)
	if isOtherDevice(err) {
		return moveAcross(w.dir, name, w.d.asideName(w.step.Path.Parent()), slot.dirHandle, slot.name, now)
	}
	return err
}
