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

// readDefinition returns the text of a definition; "" if there is none.
func readDefinition(path string) (string, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxDefinition {
		return "", notOursError(path)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// readInstalled returns the configuration file of an installed service, as written
// after the mark; false if there is no definition. It is an error if the definition
// was not written by this package.
func readInstalled(path string) (configFile string, installed bool, err error) {
	text, err := readDefinition(path)
	if err != nil || text == "" {
		return "", false, err
	}
	configFile, ours := parseMark(text)
	if !ours {
		return "", false, notOursError(path)
	}
	return configFile, true, nil
}

func removeDefinition(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("removing the service: %w", err)
	}
	return nil
}

func notOursError(path string) error {
	return &Problem{fmt.Errorf("%s was not written by ferry", path),
		"ferry does not change it; use --name to give the service another name, or move the file away"}
}

// checkReplace returns an error if the definition at path must not be replaced by one
// for configFile, which is written as after the mark.
func checkReplace(path, configFile string) error {
	other, installed, err := readInstalled(path)
	if err != nil || !installed || other == configFile {
		return err
	}
	return &Problem{fmt.Errorf("%s runs ferry for another configuration, %s", path, xmlUnescape(other)),
		"--name gives this one another name; or uninstall the other one first"}
}

// writeDefinition writes a definition in one step.
func writeDefinition(path, text string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the directory for services: %w", err)
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

// installedNames returns the names of the services whose definitions in dir were
// written by this package, sorted. suffix follows the name in the name of the file.
func installedNames(dir, suffix string) ([]string, error) {
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
		if _, marked := parseMark(text); err == nil && marked {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
