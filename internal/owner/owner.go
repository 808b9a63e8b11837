// Package owner has the marks by which a machine knows its own locks and temporary files on both sides of a pair.
package owner

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Marks say whose they are, on both sides of a pair.
type Marks struct {
	// Owner stands for the memory of one pair in one state directory. It is in the names
	// of temporary files and locks.
	Owner string
	// Boot stands for this machine since it was started, and for the place of the state
	// directory: a copy of that has the same owner. It is in the names of locks.
	Boot string
}

// Of returns the marks of this machine for the pair with a key. The id that they rest on is
// drawn at random and kept in the state directory; a dry run does not make one.
func Of(stateDir, key string, dryRun bool) Marks {
	file := filepath.Join(stateDir, "owner")
	id, err := readID(file)
	if err != nil && !dryRun {
		id, err = makeID(file)
	}
	if err != nil {
		id = rand.Text() // good for this run
	}
	return Marks{Owner: digest(8, id, key), Boot: digest(4, id, bootID(), hostName(), stateDir)}
}

// errID says that a file holds no id.
var errID = errors.New("not an id")

func readID(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(text))
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return "", errID
	}
	return id, nil
}

// makeID draws an id and keeps it in file. Of several processes that do it at once,
// all return the same id. A file that holds none is replaced.
func makeID(file string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	var raw [16]byte
	rand.Read(raw[:]) // never fails
	fresh := file + "-" + rand.Text()[:8]
	if err := os.WriteFile(fresh, []byte(hex.EncodeToString(raw[:])+"\n"), 0o600); err != nil {
		return "", err
	}
	defer os.Remove(fresh)
	if _, err := readID(file); errors.Is(err, errID) {
		_ = os.Remove(file)
	}
	if err := os.Link(fresh, file); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(fresh, file); err != nil { // a file system without links
			return "", err
		}
	}
	return readID(file)
}

// digest returns n bytes of a hash of parts in hex digits.
func digest(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:n])
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown host"
	}
	return name
}
