// Package local is the side of a pair on this disk. Everything below the root
// is reached through [os.Root] or, component by component, without following
// links, so that nothing outside the root is ever read or written. Errors name
// the path; those that an engine asks for are the ones of package sync.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	stdsync "sync"
	"sync/atomic"

	"ferry/manifest"
	"ferry/sync"
)

// A Directory is a [sync.Replica] on this disk. Its methods may be called from
// several goroutines at once, except Close.
type Directory struct {
	path string // absolute
	opts Options
	log  *slog.Logger

	mu   stdsync.Mutex
	root *home // nil until the root was found

	names spellings
	left  leftovers
}

var _ sync.Replica = (*Directory)(nil)

// A home is an open root.
type home struct {
	*os.Root
	info   os.FileInfo
	device uint64 // see stat
	stable bool   // identities of files last
	// fine is set once a time with a fraction of a second was seen: then the disk
	// keeps such.
	fine atomic.Bool
}

// Open returns the directory at root. That nothing is there yet is no error; see
// [Directory.Root].
func Open(root string, o Options) (*Directory, error) {
	path, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("finding directory %s: %w", root, err)
	}
	d := &Directory{path: path, opts: o, log: o.Log}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	return d, nil
}

// Close implements [sync.Replica].
func (d *Directory) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.drop()
}

func (d *Directory) drop() error {
	if d.root == nil {
		return nil
	}
	err := d.root.Close()
	d.root = nil
	return err
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
			return state, fmt.Errorf("making directory %s: %w", d.path, err)
		}
		info, err = os.Stat(d.path)
	}
	switch {
	case missing(err):
		return state, nil
	case err != nil:
		return state, fmt.Errorf("looking at directory %s: %w", d.path, err)
	}
	state.Kind = kindOf(info.Mode())
	if state.Kind != manifest.Dir {
		return state, nil
	}
	h, err := d.home(true)
	if err != nil {
		return state, err
	}
	state.ID = rootIdentity(h)
	return state, nil
}

// home returns the open root, after a look whether it still is what stands at
// its path: a disk may have gone, or another directory may have taken its place.
// With again set the directory that is there now becomes the root.
func (d *Directory) home(again bool) (*home, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := os.Stat(d.path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: directory %s: %w", sync.ErrFatal, d.path, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is no directory", sync.ErrFatal, d.path)
	case d.root != nil && os.SameFile(info, d.root.info):
		return d.root, nil
	case d.root != nil && !again:
		return nil, fmt.Errorf("%w: another directory took the place of %s", sync.ErrFatal, d.path)
	}
	_ = d.drop() // another root: what happens to its handle does not matter
	d.names.clear()
	d.left.clear()
	d.root, err = openHome(d.path)
	return d.root, err
}

func openHome(path string) (*home, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("%w: opening directory %s: %w", sync.ErrFatal, path, err)
	}
	h := &home{Root: root}
	if h.info, err = root.Stat("."); err == nil {
		h.device, _ = inode(h.info)
		h.entry(statOf(h.info))
		h.stable, err = stableIdentities(root)
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("%w: opening directory %s: %w", sync.ErrFatal, path, err)
	}
	return h, nil
}

// stopped returns why ctx has ended, or nil.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("stopped: %w", cause)
	}
	return nil
}

// missing reports whether err says that a name is provably not there.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || notDirectory(err)
}
