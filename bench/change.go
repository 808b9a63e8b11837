package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// changeOne rewrites a file in the middle of the tree and gives it the present time.
func changeOne(local string, run int) error {
	return os.WriteFile(filepath.Join(local, "dir-0140", "dir-0150", "file-005.dat"), []byte("changed in run "+time.Now().String()), 0o644)
}

func renameAlbum(local string, _ int) error {
	return os.Rename(filepath.Join(local, "dir-0000"), filepath.Join(local, "renamed"))
}

// deleteTree removes 20 directories with 2,000 files.
func deleteTree(local string, _ int) error { return os.RemoveAll(filepath.Join(local, "dir-0000")) }

// changeClone makes a directory what a fresh clone would be in which one page has changed: all files are of this moment.
// The page gets another size, because tools that compare sizes would miss it otherwise.
func changeClone(local string, run int) error {
	page := filepath.Join(local, "posts", "s07", "p21", "index.html")
	if err := os.WriteFile(page, []byte("changed in run "+time.Now().String()), 0o644); err != nil {
		return err
	}
	now := time.Now()
	return filepath.WalkDir(local, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, now, now)
	})
}

// nextRelease puts release 2 of the site that is visited in the place of release 1. What has not changed keeps its times.
func nextRelease(local string, _ int) error {
	next := visited.Files(2)
	for name := range visited.Files(1) {
		if _, stays := next[name]; stays {
			continue
		}
		if err := os.Remove(filepath.Join(local, name)); err != nil {
			return err
		}
	}
	for name, content := range next {
		if err := os.WriteFile(filepath.Join(local, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
