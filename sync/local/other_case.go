package local

import (
	"context"
	"fmt"
	"os"

	"ferry/sync"
)

// SameInOtherCase implements [sync.Replica]. Two spellings are one name if they lead to
// the same file.
func (d *Directory) SameInOtherCase(ctx context.Context, names []sync.OtherCase) (bool, error) {
	root, err := d.currentRoot()
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if err := stopped(ctx); err != nil {
			return false, err
		}
		same, err := d.isOneFile(root, name)
		if err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

func (d *Directory) isOneFile(root *rootDir, name sync.OtherCase) (bool, error) {
	dir, err := d.openDir(root, name.Path.Parent())
	if err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	defer dir.close()
	shown, err := dir.Lstat(d.spellings.expectedName(name.Path, name.Entry))
	if err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	other, err := dir.Lstat(name.Other)
	switch {
	case isMissing(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	return os.SameFile(shown, other), nil
}
