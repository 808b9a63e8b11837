package local

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	stdsync "sync"

	"ferry/manifest"
)

// tempFiles holds the names of the temporary files that scans and failed writes
// left or found, by directory. Its methods may be called at once.
type tempFiles struct {
	owner   string
	journal *manifest.TempJournal

	mu    stdsync.Mutex
	names map[manifest.Path][]string
	kept  map[string]bool // names that a later attempt of this process may resume
}

// set replaces the names for dir.
func (l *tempFiles) set(dir manifest.Path, names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(names) == 0:
		delete(l.names, dir)
	case l.names == nil:
		l.names = map[manifest.Path][]string{dir: names}
	default:
		l.names[dir] = names
	}
}

// add adds one name for dir.
func (l *tempFiles) add(dir manifest.Path, name string) {
	l.mu.Lock()
	names := append(slices.Clone(l.names[dir]), name)
	l.mu.Unlock()
	l.set(dir, names)
}

// keep adds one name for dir that a later attempt may resume.
func (l *tempFiles) keep(dir manifest.Path, name string) {
	l.add(dir, name)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept == nil {
		l.kept = make(map[string]bool)
	}
	l.kept[name] = true
}

// take removes and returns a name for dir whose mark starts with fingerprint, and which
// nobody else made. It returns "" if there is none.
func (l *tempFiles) take(dir manifest.Path, fingerprint string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, name := range l.names[dir] {
		if mark, ok := manifest.TempMark(name); ok && strings.HasPrefix(mark, fingerprint) && manifest.TempIsFrom(mark, l.owner) {
			l.names[dir] = slices.Delete(slices.Clone(l.names[dir]), i, i+1)
			delete(l.kept, name)
			return name
		}
	}
	return ""
}

func (l *tempFiles) all() map[manifest.Path][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[manifest.Path][]string)
	maps.Copy(all, l.names)
	return all
}

func (l *tempFiles) isKept(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept[name]
}

// isOwn reports whether this owner made the temporary file name.
func (l *tempFiles) isOwn(name string) bool {
	mark, ok := manifest.TempMark(name)
	return ok && manifest.TempIsFrom(mark, l.owner)
}

func (l *tempFiles) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names, l.kept = nil, nil
}

// fingerprint identifies a source by 16 hex digits.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d %d %d %d", p, e.Size, e.ModTime, e.ID, e.Changed))
	return fmt.Sprintf("%x", sum[:8])
}

// noFingerprint marks a temporary file that no later attempt may resume. For a moment
// it is a version that somebody wrote, which is replaced or removed.
const noFingerprint = "0000000000000000"

// newName returns a new name for a temporary file of a source.
func (l *tempFiles) newName(fingerprint string) string {
	return manifest.TempName(manifest.NewTempMark(fingerprint, l.owner), false)
}

var errInUse = errors.New("the file is being written")

// removeTemp removes the temporary file name. If another process is writing it
// the error wraps errInUse.
func (dir *dirHandle) removeTemp(name string, info os.FileInfo) error {
	f, err := dir.OpenFile(name, os.O_RDWR|openFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return errors.Join(errInUse, err)
	}
	if !lock(f) {
		return errInUse
	}
	if closeFirst {
		f.Close()
	}
	return dir.Remove(name)
}
