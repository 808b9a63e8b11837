package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"

	"ferry/manifest"
	"ferry/sync"
)

// A rootDir is the open root of a directory.
type rootDir struct {
	*os.Root
	info         os.FileInfo
	device       uint64 // as in stat
	inode        uint64 // as in stat
	stableInodes bool   // a file keeps its inode number while it exists
	// modes shows permission bits in entries.
	modes bool
	// subsecond is set once a modification time with a fraction of a second was
	// seen, which shows that the file system stores fractions.
	subsecond atomic.Bool
}

// Root implements [sync.Replica].
func (d *Directory) Root(ctx context.Context, create bool) (sync.RootState, error) {
	state := sync.RootState{Where: d.path}
	if err := stopped(ctx); err != nil {
		return state, err
	}
	info, err := os.Stat(d.path)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err := os.MkdirAll(d.path, 0o777); err != nil {
			return state, fmt.Errorf("creating directory %s: %w", d.path, err)
		}
		info, err = os.Stat(d.path)
	}
	switch {
	case isMissing(err):
		return state, nil
	case err != nil:
		return state, fmt.Errorf("checking directory %s: %w", d.path, err)
	}
	state.Kind = kindOf(info.Mode())
	if state.Kind != manifest.Dir {
		return state, nil
	}
	root, err := d.reopenRoot()
	if err != nil {
		return state, err
	}
	state.ID = root.identity()
	return state, nil
}

// currentRoot returns the open root. It fails with [sync.ErrFatal] if another
// directory is at the path of the root now, or none, as after a disk was
// unmounted.
func (d *Directory) currentRoot() (*rootDir, error) { return d.checkRoot(false) }

// reopenRoot is currentRoot, but it accepts another directory as the new root.
func (d *Directory) reopenRoot() (*rootDir, error) { return d.checkRoot(true) }

func (d *Directory) checkRoot(reopen bool) (*rootDir, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := os.Stat(d.path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: directory %s: %w", sync.ErrFatal, d.path, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is not a directory", sync.ErrFatal, d.path)
	case d.root != nil && os.SameFile(info, d.root.info):
		return d.root, nil
	case d.root != nil && !reopen:
		return nil, fmt.Errorf("%w: %s was replaced by another directory", sync.ErrFatal, d.path)
	}
	_ = d.drop() // an error from closing the old root does not matter
	d.spellings.clear()
	d.temps.clear()
	if d.root, err = openRootDir(d.path); err == nil {
		d.root.modes = d.opts.Permissions && runtime.GOOS != "windows"
	}
	return d.root, err
}

func openRootDir(path string) (*rootDir, error) {
	opened, err := openRoot(path)
	if err != nil {
		return nil, fmt.Errorf("%w: opening directory %s: %w", sync.ErrFatal, path, err)
	}
	root := &rootDir{Root: opened}
	if err := root.look(); err != nil {
		root.Close()
		return nil, fmt.Errorf("%w: opening directory %s: %w", sync.ErrFatal, path, err)
	}
	return root, nil
}

// look finds out what the open root is.
func (root *rootDir) look() error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	if root.info, err = f.Stat(); err != nil {
		return err
	}
	s := statOpen(f, root.info)
	root.device, root.inode = s.device, s.inode
	root.entry(s) // may set root.subsecond
	root.stableInodes, err = hasStableInodes(f)
	return err
}

// identity identifies the root; "" if it is unknown.
func (root *rootDir) identity() string {
	if root.inode == 0 {
		return ""
	}
	return fmt.Sprintf("%x:%x", root.device, root.inode)
}
