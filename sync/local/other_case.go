package local

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"ferry/sync"
)

// SameInOtherCase implements [sync.Replica].
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
	return dir.isOneFile(d.spellings.expectedName(name.Path, name.Entry), name.Other)
}

// isOneFile reports whether x and y, which differ only in case, are two spellings of one
// name: both lead to a file, and a listing shows x alone. Inode numbers could not tell:
// hard links share one, and file systems in user space (FUSE) may give each spelling its own.
// If x is not there or the directory cannot be asked, the error wraps [sync.ErrNoAnswer].
func (dir *dirHandle) isOneFile(x, y string) (bool, error) {
	if _, err := dir.Lstat(x); err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	_, err := dir.Lstat(y)
	switch {
	case isMissing(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	shown, err := dir.names() // last: what appears now is shown, and so is not x
	if err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrNoAnswer, err)
	}
	shows := func(name string) bool {
		return slices.ContainsFunc(shown, func(one string) bool { return norm.NFC.String(one) == norm.NFC.String(name) })
	}
	return shows(x) && !shows(y), nil
}
