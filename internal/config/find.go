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
// the user's configuration directory.
//
// A configuration can name commands to run. So it is an error if another user left
// one in a directory above, as in /tmp: its owner must be this user, root, or the
// owner of start.
func Find(start, home string, getenv func(string) string) (string, error) {
	for dir := filepath.Clean(start); ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, FileName)
		switch found, err := isFile(path); {
		case err != nil:
			return "", err
		case found:
			if err := checkOwner(path, start); err != nil {
				return "", err
			}
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, dir := range userDirs(runtime.GOOS, home, getenv) {
		path := filepath.Join(dir, "ferry", FileName)
		switch found, err := isFile(path); {
		case err != nil:
			return "", err
		case found:
			return path, nil
		}
	}
	return "", withHint(fmt.Errorf("%w in %s, above it, or in the user's configuration directory", ErrNoFile, start),
		"ferry init writes one; or name a pair: ferry sync ./public ftpes://user@host/path")
}

// isFile reports whether path exists and is not a directory. A path that we may not
// look at counts as missing: directories above are often closed to us.
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

// checkOwner returns an error if the file at path belongs to a stranger.
func checkOwner(path, start string) error {
	file, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("looking for the configuration: %w", err)
	}
	here, err := os.Stat(start)
	if err != nil {
		return fmt.Errorf("looking for the configuration: %w", err)
	}
	if !isTrusted(file, here) {
		return withHint(fmt.Errorf("%s belongs to another user", path), "to use it anyway: --config "+path)
	}
	return nil
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
