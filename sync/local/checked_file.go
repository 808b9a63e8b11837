package local

import (
	"context"
	"fmt"
	"os"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A checkedFile is an open file, and its entry before the first byte was read.
// confirm tells whether it is still the same.
type checkedFile struct {
	d      *Directory
	root   *rootDir
	f      *os.File
	info   os.FileInfo
	path   manifest.Path
	before manifest.Entry
	name   string // as it is spelled on disk
}

// openChecked opens the file at p for reading. The error wraps [sync.ErrChanged]
// if the file is not the wanted one.
func (d *Directory) openChecked(ctx context.Context, p manifest.Path, want manifest.Entry) (*checkedFile, error) {
	if err := stopped(ctx); err != nil {
		return nil, err
	}
	root, err := d.currentRoot()
	if err != nil {
		return nil, err
	}
	file := &checkedFile{d: d, root: root, path: p, name: d.spellings.expectedName(p, want)}
	if file.f, file.info, err = d.openRegular(root, p, file.name); err != nil {
		return nil, err
	}
	writeBack(file.f, file.info)
	file.before = root.entry(statOpen(file.f, file.info))
	if err := same(want, file.before); err != nil {
		file.f.Close()
		return nil, err
	}
	if err := waitForTick(ctx, file.info.ModTime(), root.subsecond.Load()); err != nil {
		file.f.Close()
		return nil, err
	}
	return file, nil
}

// openRegular opens the file at p, whose name on disk is name. The error wraps
// [sync.ErrChanged] if it is not a regular file.
func (d *Directory) openRegular(root *rootDir, p manifest.Path, name string) (*os.File, os.FileInfo, error) {
	info, open, done, err := d.find(root, p, name)
	if err != nil {
		return nil, nil, changedIfGone(err)
	}
	defer done()
	if info == nil || !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("it is not a file any more: %w", sync.ErrChanged)
	}
	f, err := open()
	if err != nil {
		if isMissing(err) {
			err = fmt.Errorf("%w: %w", sync.ErrChanged, err)
		}
		return nil, nil, err
	}
	now, err := f.Stat()
	if err == nil && !os.SameFile(info, now) {
		err = fmt.Errorf("it was replaced while it was opened: %w", sync.ErrChanged)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, now, nil
}

// find looks up name in the directory of p, and follows links if the options say
// so. The info is nil if nothing is there. open opens what was found. The caller
// calls done when it no longer needs open.
func (d *Directory) find(root *rootDir, p manifest.Path, name string) (info os.FileInfo, open func() (*os.File, error), done func(), err error) {
	if d.opts.FollowLinks {
		at := (&dirHandle{at: d.spellings.diskPath(p.Parent())}).path(name)
		info, err = root.Stat(at)
		open = func() (*os.File, error) { return root.OpenFile(at, os.O_RDONLY|openFlags, 0) }
		done = func() {}
	} else {
		dir, err := d.openDir(root, p.Parent())
		if err != nil {
			return nil, nil, nil, err
		}
		info, err = dir.Lstat(name)
		if err != nil && !isMissing(err) {
			dir.close()
			return nil, nil, nil, err
		}
		open = func() (*os.File, error) { return dir.OpenFile(name, os.O_RDONLY|openFlags, 0) }
		done = dir.close
	}
	if isMissing(err) {
		return nil, open, done, nil
	}
	return info, open, done, err
}

// Modification times advance in steps. A file that changed less than one step ago
// may change again and keep its modification time.
const (
	clockTick       = 20 * time.Millisecond
	coarseClockTick = 2 * time.Second // of a file system that stores whole seconds
)

// waitForTick waits until any further change of a file gives it a modification
// time other than mtime. subsecond says that the file system stores fractions of
// a second.
func waitForTick(ctx context.Context, mtime time.Time, subsecond bool) error {
	step := clockTick
	if !subsecond {
		step = coarseClockTick
	}
	age := time.Since(mtime)
	if age < 0 || age >= step {
		return nil
	}
	select {
	case <-ctx.Done():
		return stopped(ctx)
	case <-time.After(step - age):
		return nil
	}
}

// confirm returns the entry of the file now. The error wraps [sync.ErrChanged] if
// the file changed since it was opened, or another one has its name.
func (file *checkedFile) confirm(ctx context.Context) (manifest.Entry, error) {
	if err := stopped(ctx); err != nil {
		return manifest.Entry{}, err
	}
	info, err := file.f.Stat()
	if err != nil {
		return manifest.Entry{}, err
	}
	now := file.root.entry(statOpen(file.f, info))
	if err := same(file.before, now); err != nil {
		return manifest.Entry{}, err
	}
	there, _, done, err := file.d.find(file.root, file.path, file.name)
	if err != nil {
		return manifest.Entry{}, changedIfGone(err)
	}
	done()
	if there == nil || !os.SameFile(info, there) {
		return manifest.Entry{}, fmt.Errorf("another file has its name now: %w", sync.ErrChanged)
	}
	now.Changed = file.before.Changed // what was written since must show in the next scan
	if file.name != file.path.Base() {
		now.Name = file.name
	}
	return now, nil
}
