package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"ferry/manifest"
)

// oldTempAge is the age from which Tidy removes a temporary file.
const oldTempAge = 24 * time.Hour

// tempFiles holds the names of the temporary files that scans and failed writes
// left or found, by directory. Its methods may be called at once.
type tempFiles struct {
	mu    stdsync.Mutex
	names map[manifest.Path][]string
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

// take removes and returns a name for dir whose mark starts with fingerprint. It
// returns "" if there is none.
func (l *tempFiles) take(dir manifest.Path, fingerprint string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, name := range l.names[dir] {
		if mark, ok := manifest.TempMark(name); ok && strings.HasPrefix(mark, fingerprint) {
			l.names[dir] = slices.Delete(slices.Clone(l.names[dir]), i, i+1)
			return name
		}
	}
	return ""
}

func (l *tempFiles) all() map[manifest.Path][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.names)
}

func (l *tempFiles) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = nil
}

// fingerprint identifies a source by 16 hex digits.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d %d %d %d", p, e.Size, e.ModTime, e.ID, e.Changed))
	return fmt.Sprintf("%x", sum[:8])
}

// noFingerprint marks a temporary file that no later attempt may resume.
const noFingerprint = "0000000000000000"

// tempName returns a new name for a temporary file that will become name.
func tempName(fingerprint, name string) string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return manifest.TempName(fmt.Sprintf("%s%x", fingerprint, b), name, false)
}

// Tidy implements [sync.Replica]. It removes the temporary files that scans saw
// and that were not written to for a day.
func (d *Directory) Tidy(ctx context.Context) error {
	root, err := d.currentRoot()
	if err != nil {
		return err
	}
	var errs []error
	temps := d.temps.all()
	for _, p := range slices.SortedFunc(maps.Keys(temps), manifest.Path.Compare) {
		if err := stopped(ctx); err != nil {
			return err
		}
		dir, err := d.openDir(root, p)
		if errors.Is(err, errNoDirectory) {
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("removing old temporary files in %s: %w", p, err))
			continue
		}
		errs = append(errs, dir.removeOldTemps(temps[p], time.Now().Add(-oldTempAge)))
		dir.close()
	}
	return errors.Join(errs...)
}

// removeOldTemps removes the given temporary files if they were last written
// before the given time and nobody is writing them.
func (dir *dirHandle) removeOldTemps(names []string, before time.Time) error {
	var errs []error
	for _, name := range names {
		info, err := dir.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		if err := dir.removeTemp(name, info); err != nil && !errors.Is(err, errInUse) {
			errs = append(errs, fmt.Errorf("removing %s: %w", dir.path(name), err))
		}
	}
	return errors.Join(errs...)
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
