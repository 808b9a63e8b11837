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

// ErrNoFile is wrapped by the error of [Find] if there is no file at all.
var ErrNoFile = errors.New("no " + FileName)

// Find returns the path of the ferry.yaml to use in the directory start, which is
// absolute: the one in start or in the nearest directory above, else the one in
// the user's configuration directory, which is where only the user writes: then own is
// set. [ReadFound] reads it.
func Find(start, home string, getenv func(string) string) (path string, own bool, err error) {
	for dir := filepath.Clean(start); ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, FileName)
		if found, err := isFile(path); err != nil || found {
			return path, false, err
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if path, err := UserFile(home, getenv); err != nil || path != "" {
		return path, true, err
	}
	return "", false, withHint(fmt.Errorf("%w in %s, above it, or in the user's configuration directory", ErrNoFile, start),
		"\"ferry init LOCAL URL\" writes one; or name a pair, as in: ferry sync ./public ftpes://user@host/path")
}

// UserFile returns the ferry.yaml in the user's configuration directory, "" if there is none.
func UserFile(home string, getenv func(string) string) (string, error) {
	for _, path := range UserFiles(home, getenv) {
		if found, err := isFile(path); err != nil || found {
			return path, err
		}
	}
	return "", nil
}

// UserFiles returns the places in the user's configuration directory at which a
// ferry.yaml is looked for.
func UserFiles(home string, getenv func(string) string) []string {
	var paths []string
	for _, dir := range userDirs(runtime.GOOS, home, getenv) {
		paths = append(paths, filepath.Join(dir, "ferry", FileName))
	}
	return paths
}

// isFile reports whether a regular file is at path. A path that we may not
// look at counts as missing: directories above are often closed to us.
func isFile(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil:
		return info.Mode().IsRegular(), nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return false, nil
	}
	return false, fmt.Errorf("looking for the configuration: %w", err)
}

// userDirs returns the directories that the user's configuration may be in. The one
// that XDG_CONFIG_HOME names comes first.
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
