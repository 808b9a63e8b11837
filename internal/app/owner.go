package app

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// An ownership says in marks on both sides whose they are.
type ownership struct {
	// owner stands for the memory of one pair in one state directory. It is in the names
	// of temporary files and locks.
	owner string
	// boot stands for this machine since it was started, and for the place of the state
	// directory: a copy of that has the same owner. It is in the names of locks.
	boot string
}

// ownership returns the marks of this machine for a pair. The id that they rest on is
// drawn at random and kept in the state directory; a dry run does not make one.
func (o *Opener) ownership(p *Pair, dryRun bool) ownership {
	id, err := readOwnerID(o.ownerFile())
	if err != nil && !dryRun {
		id, err = makeOwnerID(o.ownerFile())
	}
	if err != nil {
		id = rand.Text() // good for this run
	}
	return ownership{
		owner: digest(8, id, p.StateKey()),
		boot:  digest(4, id, bootID(), hostName(), o.StateDir),
	}
}

// temps returns the journal of the temporary files on one side of a pair; nil in a dry
// run, which writes none.
func (o *Opener) temps(p *Pair, side sync.Side, dryRun bool) *manifest.TempJournal {
	if dryRun {
		return nil
	}
	return manifest.OpenTempJournal(filepath.Join(o.StateDir, "pairs", p.StateKey()+"."+side.String()+".temps"))
}

func (o *Opener) ownerFile() string { return filepath.Join(o.StateDir, "owner") }

// errOwnerID says that a file holds no id.
var errOwnerID = errors.New("not an id")

func readOwnerID(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(text))
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return "", errOwnerID
	}
	return id, nil
}

// makeOwnerID draws an id and keeps it in file. Of several processes that do it at once,
// all return the same id. A file that holds none is replaced.
func makeOwnerID(file string) (string, error) {
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
	if _, err := readOwnerID(file); errors.Is(err, errOwnerID) {
		_ = os.Remove(file)
	}
	if err := os.Link(fresh, file); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(fresh, file); err != nil { // a file system without links
			return "", err
		}
	}
	return readOwnerID(file)
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
