package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ForeignTempAge is how long a temporary file that others wrote must stand still, as
// seen from here, before it counts as left behind.
const ForeignTempAge = 24 * time.Hour

// A TempJournal remembers from one run to the next in which directories of a side this
// machine may have left temporary files, and since when those of others have stood
// still. It is a small text file. Nothing depends on it but how soon litter goes, so it is
// neither synced to disk nor fatal when it cannot be written.
//
// Its methods may be called at once. A nil journal remembers nothing.
type TempJournal struct {
	path string

	mu     sync.Mutex
	dirs   map[string]bool
	others map[string]sighting
	dirty  bool // the file has lines that are not true any more, or lacks some
}

// A sighting is what somebody else's temporary file was when it was first seen so.
type sighting struct {
	since   int64 // seconds since 1970
	size    int64
	modTime int64
}

// OpenTempJournal reads the journal at path, if there is one. Lines that make no sense
// are left out.
func OpenTempJournal(path string) *TempJournal {
	j := &TempJournal{path: path, dirs: make(map[string]bool), others: make(map[string]sighting)}
	text, err := os.ReadFile(path)
	if err != nil {
		return j
	}
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "dir":
			if dir, err := strconv.Unquote(rest); err == nil {
				j.dirs[dir] = true
			}
		case "seen":
			var s sighting
			var at string
			if _, err := fmt.Sscanf(rest, "%d %d %d %q", &s.since, &s.size, &s.modTime, &at); err == nil {
				j.others[at] = s
			}
		}
	}
	return j
}

// Begin notes that a temporary file is about to be made in dir.
func (j *TempJournal) Begin(dir string) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dirs[dir] {
		return
	}
	j.dirs[dir] = true
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if errors.Is(err, fs.ErrNotExist) && os.MkdirAll(filepath.Dir(j.path), 0o700) == nil {
		f, err = os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	}
	if err != nil {
		return
	}
	_, _ = fmt.Fprintf(f, "dir %q\n", dir)
	_ = f.Close()
}

// Dirs returns the directories that were noted, sorted.
func (j *TempJournal) Dirs() []string {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Sorted(maps.Keys(j.dirs))
}

// End forgets all directories but those that may still hold temporary files of ours, and
// saves the journal.
func (j *TempJournal) End(holds func(dir string) bool) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for dir := range j.dirs {
		if !holds(dir) {
			delete(j.dirs, dir)
			j.dirty = true
		}
	}
	j.save()
}

// StoodStill notes what somebody else's temporary file at a place is now, and reports
// whether it has been the same for [ForeignTempAge] by this machine's own observation.
// No time that the file bears plays a part.
func (j *TempJournal) StoodStill(at string, e Entry, now time.Time) bool {
	if j == nil {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	was, known := j.others[at]
	seen := sighting{was.since, e.Size, e.ModTime}
	if since := time.Unix(was.since, 0); !known || seen != was || since.After(now) {
		seen.since = now.Unix()
		j.others[at], j.dirty = seen, true
		return false
	}
	return now.Sub(time.Unix(was.since, 0)) >= ForeignTempAge
}

// Gone forgets a temporary file of somebody else.
func (j *TempJournal) Gone(at string) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, known := j.others[at]; known {
		delete(j.others, at)
		j.dirty = true
	}
}

// Save saves the journal.
func (j *TempJournal) Save() {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.save()
}

// save writes the journal where it has changed, and removes it where it is empty. The
// caller holds mu.
func (j *TempJournal) save() {
	if !j.dirty {
		return
	}
	var b strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(j.dirs)) {
		fmt.Fprintf(&b, "dir %q\n", dir)
	}
	for _, at := range slices.Sorted(maps.Keys(j.others)) {
		s := j.others[at]
		fmt.Fprintf(&b, "seen %d %d %d %q\n", s.since, s.size, s.modTime, at)
	}
	var err error
	if b.Len() == 0 {
		if err = os.Remove(j.path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	} else {
		err = os.WriteFile(j.path+".new", []byte(b.String()), 0o600)
		if err == nil {
			err = os.Rename(j.path+".new", j.path)
		}
	}
	j.dirty = err != nil
}
