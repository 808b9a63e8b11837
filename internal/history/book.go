package history

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// A Book is the history of one pair: some files, of which only the newest is written to. Its
// methods may be called from any goroutine, and other processes may use the same book.
type Book struct {
	Dir string
	// Keep is how long lines are kept; 0: for ever.
	Keep time.Duration
}

// Open returns the book of the pair with a key, which must be a valid file name. Nothing is
// made before the first line is written.
func Open(stateDir, key string, keep time.Duration) Book {
	return Book{Dir: filepath.Join(stateDir, dirName, key), Keep: keep}
}

// dirName is the directory below the state directory that holds the books.
const dirName = "history"

// Keys returns the keys of the pairs that have a book.
func Keys(stateDir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, dirName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var keys []string
	for _, e := range entries {
		if e.IsDir() {
			keys = append(keys, e.Name())
		}
	}
	if err != nil {
		return keys, fmt.Errorf("reading the history: %w", err)
	}
	return keys, nil
}

// append writes whole lines at the end, in one write, and removes what is too old or too
// much. Nothing is synced to disk: what is lost with the power is a few lines.
func (b Book) append(lines []byte, now time.Time) error {
	parts, err := b.parts()
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(b.Dir, 0o700)
	}
	if err != nil {
		return err
	}
	err = appendTo(filepath.Join(b.Dir, b.next(parts, now)), lines)
	for _, old := range b.excess(parts, now) {
		_ = os.Remove(filepath.Join(b.Dir, old.name)) // the next pass tries again
	}
	return err
}

// appendTo writes lines at the end of a file. A line that was cut off there is ended first.
func appendTo(path string, lines []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	unlock, err := lockFile(f)
	if err != nil {
		return err
	}
	defer unlock()
	if cutOff(f) {
		lines = slices.Concat([]byte("\n"), lines)
	}
	_, err = f.Write(lines)
	return err
}

// cutOff reports whether the file does not end with a line end.
func cutOff(f *os.File) bool {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], size-1)
	return err == nil && last[0] != '\n'
}
