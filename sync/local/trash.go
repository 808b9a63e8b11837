package local

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"ferry/manifest"
	"ferry/sync/trashbin"
)

// A trashSlot is a free name in a directory of the trash.
type trashSlot struct {
	*dirHandle
	name string
}

// keep moves a file to the slot, if it is what was expected. From another file system it is
// copied, and then removed, under the name aside at last.
func (slot *trashSlot) keep(from *dirHandle, name, aside string, was manifest.Entry) error {
	err := renameChecked(from, name, slot.dirHandle, slot.name, was)
	if isOtherDevice(err) {
		return moveAcross(from, name, aside, slot.dirHandle, slot.name, was)
	}
	return err
}

// trash prepares the trash for the file at the path at, as it is spelled on disk.
// It creates the directory of .ferry/trash/<UTC time>/<path> and returns that
// name, which is free. If the path was already moved to the trash in this second,
// the time gets a number.
func (d *Directory) trash(root *rootDir, at string) (*trashSlot, error) {
	stamp := trashbin.Dir + "/" + trashbin.Stamp(time.Now())
	for n := 1; n < 10_000; n++ {
		numbered := stamp
		if n > 1 {
			numbered = fmt.Sprintf("%s-%d", stamp, n)
		}
		slot, err := openTrashSlot(root, numbered+"/"+at)
		switch {
		case errors.Is(err, fs.ErrExist), isNotDirectory(err):
			continue
		case err != nil:
			return nil, fmt.Errorf("preparing the trash: %w", err)
		}
		return slot, nil
	}
	return nil, fmt.Errorf("no free name in the trash for %s", at)
}

// openTrashSlot creates the directory of the path at and returns the name in it.
// If the name is taken the error wraps [fs.ErrExist].
func openTrashSlot(root *rootDir, at string) (*trashSlot, error) {
	parent, name := path.Split(at)
	parent = path.Clean(parent)
	if err := root.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	dir, err := openDir(root, parent)
	if err != nil {
		return nil, err
	}
	if _, err := dir.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		dir.close()
		return nil, errors.Join(fs.ErrExist, err)
	}
	return &trashSlot{dir, name}, nil
}
