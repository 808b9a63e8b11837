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

// tidyAfter is the age from which a half-written file belongs to nobody.
const tidyAfter = 24 * time.Hour

// leftovers remembers the names of half-written files that scans and failed
// attempts saw, by directory.
type leftovers struct {
	mu    stdsync.Mutex
	names map[manifest.Path][]string
}

// note says which half-written files a scan saw in dir.
func (l *leftovers) note(dir manifest.Path, names []string) {
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

// add says that there is one more in dir.
func (l *leftovers) add(dir manifest.Path, name string) {
	l.mu.Lock()
	names := append(slices.Clone(l.names[dir]), name)
	l.mu.Unlock()
	l.note(dir, names)
}

// take returns the name of one in dir whose mark starts with fingerprint, which
// then is forgotten, or "".
func (l *leftovers) take(dir manifest.Path, fingerprint string) string {
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

func (l *leftovers) all() map[manifest.Path][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.names)
}

func (l *leftovers) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = nil
}

// fingerprint tells sources apart in 16 hex digits.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d %d %d", p, e.Size, e.ModTime, e.ID))
	return fmt.Sprintf("%x", sum[:8])
}

// noFingerprint marks a half-written file that nobody can go on with.
const noFingerprint = "0000000000000000"

// tempName returns a new name for a half-written file that will become name.
func tempName(fingerprint, name string) string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return manifest.TempName(fmt.Sprintf("%s%x", fingerprint, b), name, false)
}

// Tidy implements [sync.Replica]. It removes half-written files that nothing was
// written to for a day.
func (d *Directory) Tidy(ctx context.Context) error {
	h, err := d.home(false)
	if err != nil {
		return err
	}
	var errs []error
	left := d.left.all()
	for _, dir := range slices.SortedFunc(maps.Keys(left), manifest.Path.Compare) {
		if err := stopped(ctx); err != nil {
			return err
		}
		pl, err := d.place(h, dir)
		if errors.Is(err, errNoDirectory) {
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("tidying %s: %w", dir, err))
			continue
		}
		errs = append(errs, pl.tidy(left[dir], time.Now().Add(-tidyAfter)))
		pl.close()
	}
	return errors.Join(errs...)
}

// tidy removes those of the half-written files names that are older than before
// and that nobody is writing.
func (pl *place) tidy(names []string, before time.Time) error {
	var errs []error
	for _, name := range names {
		info, err := pl.Lstat(name)
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		if err := pl.discard(name, info); err != nil && !errors.Is(err, errInUse) {
			errs = append(errs, fmt.Errorf("tidying %s: %w", pl.path(name), err))
		}
	}
	return errors.Join(errs...)
}

var errInUse = errors.New("somebody is writing it")

// discard removes the half-written file name unless somebody is writing it.
func (pl *place) discard(name string, info os.FileInfo) error {
	f, err := pl.OpenFile(name, os.O_RDWR|openFlags, 0)
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
	return pl.Remove(name)
}
