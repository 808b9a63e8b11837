// Package trusted remembers which configuration files the user trusts.
package trusted

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ferry/internal/private"
)

// A Store remembers which contents of which configuration files the user trusts:
// one small file for each path, in a directory that only the user can read.
type Store struct{ Dir string }

// A Record is what the user said last about one configuration file.
type Record struct {
	Path string    `json:"path"`             // absolute
	Sum  string    `json:"sha256,omitempty"` // of the trusted content; "": no content is trusted
	Time time.Time `json:"time"`
}

// File returns where the record about the configuration at path is kept.
func (t Store) File(path string) string {
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(t.Dir, hex.EncodeToString(sum[:16])+".json")
}

// Lookup returns the record about path. known is false where nothing was ever said about
// it.
func (t Store) Lookup(path string) (r Record, known bool, err error) {
	r, err = readRecord(t.File(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Record{}, false, nil
	case err != nil:
		return Record{}, false, err
	case r.Path != path:
		return Record{}, true, nil
	}
	return r, true, nil
}

// Set records that the content with this sum is trusted at path, and no other; "": none.
func (t Store) Set(path, sum string, now time.Time) error {
	text, err := json.Marshal(Record{Path: path, Sum: sum, Time: now.UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	err = os.MkdirAll(t.Dir, 0o700)
	if err == nil {
		err = private.WriteFile(t.File(path), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("recording trust: %w", err)
	}
	return nil
}

// All returns the records of what is trusted, in the order of paths.
func (t Store) All() ([]Record, error) {
	names, err := os.ReadDir(t.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading what is trusted: %w", err)
	}
	var all []Record
	for _, name := range names {
		if !strings.HasSuffix(name.Name(), ".json") {
			continue
		}
		r, err := readRecord(filepath.Join(t.Dir, name.Name()))
		if err != nil {
			return nil, err
		}
		if r.Sum != "" && t.File(r.Path) == filepath.Join(t.Dir, name.Name()) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Record) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// readRecord reads one record. A damaged one says that nothing is trusted.
func readRecord(file string) (Record, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Record{}, fmt.Errorf("reading what is trusted: %w", err)
	}
	var r Record
	if json.Unmarshal(text, &r) != nil {
		return Record{}, nil
	}
	return r, nil
}
