// Package local is the side of a pair on this disk. Everything below the root
// is reached through [os.Root] or, one path component at a time, without
// following links. So nothing outside the root is ever read or written. Errors
// name the path and wrap the errors of package sync that the engine tests for.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	stdsync "sync"

	"ferry/sync"
)

// A Directory is a [sync.Replica] on this disk. Its methods may be called from
// several goroutines at once, except Close.
type Directory struct {
	path string // absolute
	opts Options
	log  *slog.Logger
	// listMounts returns what is mounted below an absolute path without links.
	listMounts func(root string) (mounts, error)

	mu   stdsync.Mutex
	root *rootDir // nil until the root was opened
	// mounts is what was mounted below the root at the last scan; nil: unknown.
	mounts mounts

	spellings spellings
	temps     tempFiles
}

var _ sync.Replica = (*Directory)(nil)

// Open returns the directory at root. The directory need not exist yet; see
// [Directory.Root].
func Open(root string, o Options) (*Directory, error) {
	path, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("resolving the path %s: %w", root, err)
	}
	d := &Directory{path: path, opts: o, log: o.Log, listMounts: listMounts, temps: tempFiles{owner: o.Owner, journal: o.Temps}}
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

// drop closes the root. The caller holds d.mu.
func (d *Directory) drop() error {
	if d.root == nil {
		return nil
	}
	err := d.root.Close()
	d.root = nil
	return err
}

// stopped returns an error with the cause if ctx has ended, or nil.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("stopped: %w", cause)
	}
	return nil
}

// isMissing reports whether err proves that a name does not exist.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || isNotDirectory(err) || isImpossibleName(err)
}
