package main

import (
	"os"
	"path/filepath"
	"syscall"
)

func (b *bench) parent() string {
	if b.opts.dir != "" {
		return b.opts.dir
	}
	return os.TempDir()
}

const workPrefix = "ferry-bench-"

// makeWork makes the directory of the run. It is locked until the run ends.
func makeWork(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, workPrefix)
	if err != nil {
		return "", err
	}
	// Servers that run as another user must be able to enter it.
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	for _, name := range []string{"local", "state", "home", "tmp", "bin"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return "", err
		}
	}
	_, err = lock(dir)
	return dir, err
}

// lock locks the directory of a run. The file stays open until this program ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	lockFiles = append(lockFiles, f)
	return f, nil
}

var lockFiles []*os.File // a reference keeps them open

// removeOldRuns removes the directories of runs that were killed.
func removeOldRuns(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, workPrefix+"*"))
	for _, dir := range left {
		if _, err := os.Stat(filepath.Join(dir, "lock")); err != nil {
			continue // another run is making it
		}
		if f, err := lock(dir); err == nil {
			_ = os.RemoveAll(dir)
			f.Close()
		}
	}
}
