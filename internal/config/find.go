package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// FileName is the name of the configuration file.
const FileName = "ferry.yaml"

// ErrNoFile is wrapped by the error of [Find] where there is no file at all.
var ErrNoFile = errors.New("no " + FileName)

// Find returns the path of the ferry.yaml that counts in the directory start,
// which is absolute: the one there or in the nearest directory above, else the
// user's own.
func Find(start, home string, getenv func(string) string) (string, error) {
	for dir := filepath.Clean(start); ; dir = filepath.Dir(dir) {
		if found, err := isFile(filepath.Join(dir, FileName)); found || err != nil {
			return filepath.Join(dir, FileName), err
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, dir := range userDirs(runtime.GOOS, home, getenv) {
		path := filepath.Join(dir, "ferry", FileName)
		if found, err := isFile(path); found || err != nil {
			return path, err
		}
	}
	return "", withHint(fmt.Errorf("%w in %s, above it, or in the user's configuration directory", ErrNoFile, start),
		"ferry init writes one; or name a pair: ferry sync ./public ftpes://user@host/path")
}

// isFile reports whether path is there and no directory. A path that cannot be
// looked at counts as not there: a directory above may well be closed to us.
func isFile(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil:
		return !info.IsDir(), nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return false, nil
	}
	return false, fmt.Errorf("looking for the configuration: %w", err)
}

// userDirs returns where the user's configuration may stand, first the one that
// XDG_CONFIG_HOME names.
func userDirs(goos, home string, getenv func(string) string) []string {
	var dirs []string
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		dirs = append(dirs, dir)
	}
	switch {
	case goos == "windows":
		if dir := getenv("AppData"); dir != "" {
			dirs = append(dirs, dir)
		}
	case home == "":
	case goos == "darwin":
		dirs = append(dirs, filepath.Join(home, "Library", "Application Support"), filepath.Join(home, ".config"))
	case len(dirs) == 0:
		dirs = append(dirs, filepath.Join(home, ".config"))
	}
	return dirs
}
