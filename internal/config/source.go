package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A Source is the text of a configuration file, as it was read once: what is parsed is
// what was looked at.
type Source struct {
	Name string // the file in errors
	Path string // absolute
	Text []byte
}

// ReadSource reads the configuration file at path, whoever it belongs to.
func ReadSource(path string) (*Source, error) { return readSource(path, nil) }

// ReadFound reads a configuration file that was found by searching. A configuration
// names commands and servers, so it is an error if somebody else than this user and root
// could have written it. The way out is in [Hint].
func ReadFound(path string) (*Source, error) { return readSource(path, checkFound) }

func readSource(path string, check func(path string, f *os.File) error) (*Source, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	if check != nil {
		if err := check(abs, f); err != nil {
			return nil, err
		}
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("reading the configuration: %s is longer than %d KiB", path, maxSize>>10)
	}
	return &Source{Name: path, Path: abs, Text: text}, nil
}

// Parse reads the text. home replaces a leading "~" in local paths. The error is an
// [Errors].
func (s *Source) Parse(home string) (*File, error) { return Parse(s.Name, s.Text, s.Path, home) }

// Defaults reads only what the text says for all profiles, of which there may be none. The
// error is an [Errors].
func (s *Source) Defaults(home string) (*Profile, error) {
	d := decoder{name: s.Name, path: s.Path, home: home}
	found := &draft{Profile: *NewProfile("")}
	if root := d.document(s.Text); root != nil {
		for _, one := range d.mapping(root, "") {
			if one.name == "defaults" && !isNull(one.value) {
				d.apply(found, d.defaults(one))
			}
		}
	}
	if len(d.errs) > 0 {
		d.errs.sort()
		return nil, d.errs
	}
	return &found.Profile, nil
}

// Sum returns the SHA-256 of the text, in hex.
func (s *Source) Sum() string {
	sum := sha256.Sum256(s.Text)
	return hex.EncodeToString(sum[:])
}
