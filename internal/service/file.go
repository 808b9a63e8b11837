package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxDefinition bounds the definitions that are read, in bytes.
const maxDefinition = 1 << 20

// readDefinition returns the text of a definition, "" where there is none.
func readDefinition(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxDefinition {
		return "", foreign(path)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

func foreign(path string) error {
	return &Problem{fmt.Errorf("%s was not written by ferry", path),
		"it is left as it is; --name gives the service another name, or move the file away"}
}

// mayReplace reports why what is at path may not be replaced by a service for a
// configuration, which is spelled as behind the mark.
func mayReplace(path, configuration string) error {
	text, err := readDefinition(path)
	if err != nil || text == "" {
		return err
	}
	switch for_, ours := markedFor(text); {
	case !ours:
		return foreign(path)
	case for_ != configuration:
		return &Problem{fmt.Errorf("%s runs ferry for another configuration, %s", path, xmlUnescape(for_)),
			"--name gives this one another name; or uninstall the other first"}
	}
	return nil
}

// writeDefinition puts a definition in place whole.
func writeDefinition(path, text string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the directory of services: %w", err)
	}
	temp, err := os.CreateTemp(dir, ".ferry-*.new")
	if err != nil {
		return fmt.Errorf("writing the service: %w", err)
	}
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return fmt.Errorf("writing the service: %w", err)
	}
	return nil
}

// ours returns the names of the definitions in a directory that this package
// wrote; suffix is what follows the name of the service.
func ours(dir, suffix string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		name, fits := strings.CutSuffix(f.Name(), suffix)
		if !fits || name != "ferry" && !strings.HasPrefix(name, "ferry-") {
			continue
		}
		text, err := readDefinition(filepath.Join(dir, f.Name()))
		if _, marked := markedFor(text); err == nil && marked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
