package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// makeTrees makes the trees of both sides for a row, and removes the state of all tools.
func (b *bench) makeTrees(r row, j job) error {
	if err := makeEmpty(j.state, filepath.Join(b.work, "home")); err != nil {
		return err
	}
	from, to := j.sides()
	if key := from + " " + to + " " + r.fixture.name; b.currentTrees != key {
		b.currentTrees = ""
		if err := makeEmpty(j.local, from, to); err != nil {
			return err
		}
		if err := r.fixture.make(from, to); err != nil {
			return err
		}
		if j.source != nil {
			if err := chownLike(from, j.source.Root); err != nil {
				return err
			}
		}
		if err := chownLike(to, j.server.Root); err != nil {
			return err
		}
		b.currentTrees = key
	}
	// What one tool keeps there must not disturb the others.
	var errs []error
	for _, name := range ownNames {
		errs = append(errs, os.RemoveAll(filepath.Join(from, name)), os.RemoveAll(filepath.Join(to, name)))
	}
	return errors.Join(errs...)
}

// makeEmpty makes empty directories and removes what was there.
func makeEmpty(dirs ...string) error {
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// chownLike gives everything below dir the owner of another directory.
func chownLike(dir, like string) error {
	info, err := os.Stat(like)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || os.Getuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	})
}
