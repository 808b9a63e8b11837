// Package private writes files that only the user can read.
package private

import (
	"errors"
	"os"
	"path/filepath"
)

// WriteFile writes a file that only the user can read, so that there is always either
// the old one or the new one.
func WriteFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".ferry-new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
