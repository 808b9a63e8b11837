package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ferry/internal/app"
)

// WriteFile writes a file below dir, and the directories that it needs.
func WriteFile(dir, name, text string) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// ReadTree returns the contents of all files below dir by their slash-separated
// names, and directories with a slash at the end; ferry's own things are left
// out.
func ReadTree(dir string) (map[string]string, error) {
	tree := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case name == app.OwnDir:
			return fs.SkipDir
		case e.IsDir():
			tree[name+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		tree[name] = string(text)
		return err
	})
	return tree, err
}

// SameTrees returns the names of the files in two trees that are equal, or an
// error that names what differs.
func SameTrees(here, there map[string]string) ([]string, error) {
	var names []string
	var errs []error
	all := maps.Clone(here)
	maps.Copy(all, there)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a, hasA := here[name]
		b, hasB := there[name]
		switch {
		case !hasA:
			errs = append(errs, fmt.Errorf("%s is on the server only", name))
		case !hasB:
			errs = append(errs, fmt.Errorf("%s is here only", name))
		case a != b:
			errs = append(errs, fmt.Errorf("%s differs", name))
		}
		if !strings.HasSuffix(name, "/") {
			names = append(names, name)
		}
	}
	return names, errors.Join(errs...)
}
