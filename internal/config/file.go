package config

import (
	"errors"
	"fmt"

	"ferry/internal/text"
)

// maxSize is the most bytes that are read of a configuration or netrc file.
const maxSize = 1 << 20

// A File is a configuration that was read.
type File struct {
	Path     string     // absolute
	Profiles []*Profile // in the order of the file
}

// Read reads the configuration file at path. home replaces a leading "~" in local
// paths. The error is an [Errors] if the file can be read but not understood.
func Read(path, home string) (*File, error) {
	source, err := ReadSource(path)
	if err != nil {
		return nil, err
	}
	return source.Parse(home)
}

// Parse reads the text of a configuration file. name is the file in errors; path
// is its absolute path, whose directory local paths are relative to. The error is
// an [Errors].
func Parse(name string, text []byte, path, home string) (*File, error) {
	d := decoder{name: name, path: path, home: home}
	profiles := d.file(text)
	if len(d.errs) > 0 {
		d.errs.sort()
		return nil, d.errs
	}
	return &File{Path: path, Profiles: profiles}, nil
}

// Select returns the profiles with the given names, in that order and each once, or
// all profiles if no name is given.
func (f *File) Select(names []string) ([]*Profile, error) {
	if len(names) == 0 {
		return f.Profiles, nil
	}
	known := make([]string, len(f.Profiles))
	byName := make(map[string]*Profile, len(f.Profiles))
	for i, p := range f.Profiles {
		known[i], byName[p.Name] = p.Name, p
	}
	var selected []*Profile
	var errs []error
	taken := make(map[string]bool)
	for _, name := range names {
		switch p := byName[name]; {
		case p == nil:
			errs = append(errs, noProfile(name, known, f.Path))
		case !taken[name]:
			taken[name] = true
			selected = append(selected, p)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return selected, nil
}

// mostNamed is how many names of profiles a message lists.
const mostNamed = 3

func noProfile(name string, known []string, path string) error {
	err := fmt.Errorf("no profile %q in %s", name, path)
	if near := Suggest(name, known); near != "" {
		return withHint(err, "did you mean "+near+"?")
	}
	return withHint(err, "it has "+text.Some(known, mostNamed))
}
