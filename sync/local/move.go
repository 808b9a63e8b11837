package local

import (
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// move renames a file or directory to a name that is free.
func (d *Directory) move(h *home, s sync.Step, b *batch) (manifest.Entry, error) {
	from, err := d.place(h, s.From.Parent())
	if err != nil {
		return manifest.Entry{}, changedIfGone(err)
	}
	defer from.close()
	to, err := d.place(h, s.Path.Parent())
	if err != nil {
		return manifest.Entry{}, err
	}
	defer to.close()
	x, y := d.names.existing(s.From, s.Expect), newName(s.Path, s.Want)
	if _, _, err := from.expect(x, s.Expect); err != nil {
		return manifest.Entry{}, err
	}
	if err := checkNew(s.Path); err != nil {
		return manifest.Entry{}, err
	}
	if sameName(from, x, to, y) {
		err = renameOver(from, x, to, y)
	} else {
		err = renameNew(from, x, to, y)
	}
	if err != nil {
		return manifest.Entry{}, err
	}
	_, now, err := to.expect(y, s.Expect)
	if err != nil { // what somebody put there after the look was moved: put it back
		return manifest.Entry{}, errors.Join(err, renameNew(to, y, from, x))
	}
	b.dirty(from)
	b.dirty(to)
	d.names.rename(s.From, s.Path, "")
	return d.named(s.Path, now, y), nil
}

// changedIfGone says that what was expected below a directory that is not there
// has changed.
func changedIfGone(err error) error {
	if errors.Is(err, errNoDirectory) {
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	}
	return err
}
