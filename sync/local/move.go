package local

import (
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// move renames a file or directory. It never replaces anything.
func (d *Directory) move(root *rootDir, s sync.Step, batch *durableBatch) (manifest.Entry, error) {
	if err := checkNew(s.Path); err != nil {
		return manifest.Entry{}, err
	}
	from, err := d.openDir(root, s.From.Parent())
	if err != nil {
		return manifest.Entry{}, changedIfGone(err)
	}
	defer from.close()
	to, err := d.openDir(root, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	defer to.close()
	x, y := d.spellings.expectedName(s.From, s.Expect), newName(s.Path, s.Want)
	if _, _, err := from.expect(x, s.Expect); err != nil {
		return manifest.Entry{}, err
	}
	if sameNameIgnoringCase(from, x, to, y) {
		err = renameOver(from, x, to, y)
	} else {
		err = renameNew(from, x, to, y)
	}
	if err != nil {
		return manifest.Entry{}, err
	}
	_, now, err := to.expect(y, s.Expect)
	if err != nil { // it changed after the first check and was moved: move it back
		return manifest.Entry{}, errors.Join(err, renameNew(to, y, from, x))
	}
	batch.dirty(from)
	batch.dirty(to)
	d.spellings.rename(s.From, s.Path, "")
	return d.withSpelling(s.Path, now, y), nil
}

// changedIfGone makes err wrap [sync.ErrChanged] if a directory above an expected
// entry is missing.
func changedIfGone(err error) error {
	if errors.Is(err, errNoDirectory) {
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	}
	return err
}
