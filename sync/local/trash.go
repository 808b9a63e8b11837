package local

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"ferry/manifest"
)

// A grave is a free name in the trash.
type grave struct {
	*place
	name string
}

// trash makes room for the file at path at, as it is spelled on disk, in
// .ferry/trash/<UTC time>/<path>, and returns the place and the name there. A
// time at which that path was trashed already gets a number.
func (d *Directory) trash(h *home, at string) (*grave, error) {
	stamp := manifest.Own + "/trash/" + time.Now().UTC().Format("20060102-150405")
	for n := 1; n < 10_000; n++ {
		root := stamp
		if n > 1 {
			root = fmt.Sprintf("%s-%d", stamp, n)
		}
		g, err := openGrave(h, root+"/"+at)
		switch {
		case errors.Is(err, fs.ErrExist), notDirectory(err):
			continue
		case err != nil:
			return nil, fmt.Errorf("making room in the trash: %w", err)
		}
		return g, nil
	}
	return nil, fmt.Errorf("%s is in the trash too often", at)
}

// openGrave makes the directory of at and returns the place and name, with an
// error that wraps [fs.ErrExist] where the name is taken.
func openGrave(h *home, at string) (*grave, error) {
	dir, name := path.Split(at)
	dir = path.Clean(dir)
	if err := h.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	pl, err := openPlace(h, dir)
	if err != nil {
		return nil, err
	}
	if _, err := pl.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		pl.close()
		return nil, errors.Join(fs.ErrExist, err)
	}
	return &grave{pl, name}, nil
}
