package remote

import (
	"strings"
	stdsync "sync"
	"time"

	"ferry/sync/trashbin"
)

// trashDirs knows the directories of the trash that this process uses. Each pass puts
// things into a stamp directory of its own, named after its time, which was not there
// before: otherwise a rename could replace what another pass put there. Its methods
// may be called from several goroutines.
type trashDirs struct {
	making stdsync.Mutex // held while a stamp directory is being made

	mu    stdsync.Mutex
	name  string          // of the trash, in the directory of ferry's own; set once
	at    time.Time       // of this pass, in whole seconds
	own   string          // ferry's own directory that holds stamp, an absolute path
	stamp string          // name of the stamp directory; "": none yet
	used  map[string]bool // paths below the root that are taken in this stamp directory
	there map[string]bool // absolute paths of directories that are there
	// takes has the longest name, in bytes, for which a rename from a directory, an absolute
	// path, into the trash has worked.
	takes map[string]int
}

// beginPass makes a pass that begins now use a new stamp directory, also where the passes
// before it have moved nothing to the trash: how long things are kept counts from the stamp.
func (t *trashDirs) beginPass(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now = now.UTC().Truncate(time.Second)
	if now.After(t.at) {
		t.at, t.stamp, t.used = now, "", make(map[string]bool)
	}
}

// setName sets the name of the trash.
func (t *trashDirs) setName(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name = name
}

// ownName returns the name of the trash, or "" if it is not known yet.
func (t *trashDirs) ownName() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.name
}

// wanted returns the name of the stamp directory that must be made for what is at
// below, a path relative to the root; "" where there is one. A path that comes twice
// in one pass goes to another stamp directory the second time, one second later.
func (t *trashDirs) wanted(below string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() {
		t.at, t.used = time.Now().UTC().Truncate(time.Second), make(map[string]bool)
	}
	if t.used[below] {
		t.at, t.stamp, t.used = t.at.Add(time.Second), "", make(map[string]bool)
	}
	if t.stamp != "" {
		return ""
	}
	return trashbin.Stamp(t.at)
}

// made notes that a stamp directory was made in ferry's own directory, an absolute path.
func (t *trashDirs) made(own, stamp string) {
	t.mu.Lock()
	t.stamp, t.own = stamp, own
	t.mu.Unlock()
	t.note(own, own+"/"+t.name, own+"/"+t.name+"/"+stamp)
}

// take returns the place for what is at below, and the directories on the way to it
// that are not known to be there.
func (t *trashDirs) take(below string) (at place, missing []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used[below] = true
	names := strings.Split(t.name+"/"+t.stamp+"/"+below, "/")
	last := len(names) - 1
	dir := t.own
	for _, name := range names[:last] {
		dir += "/" + name
		if !t.there[dir] {
			missing = append(missing, dir)
		}
	}
	return place{Dir: dir, Name: names[last]}, missing
}

// note notes directories that are there.
func (t *trashDirs) note(dirs ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.there == nil {
		t.there = make(map[string]bool)
	}
	for _, dir := range dirs {
		t.there[dir] = true
	}
}

// forget forgets which directories are there: somebody may have emptied the trash.
func (t *trashDirs) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.there, t.takes = nil, nil
}

// isProven reports whether a rename into the trash has worked from the directory of at, for
// a name that is as long. The path in the trash is longer than the one outside, and
// servers limit the length of paths.
func (t *trashDirs) isProven(at place) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(at.Name) <= t.takes[at.Dir]
}

// proven notes that a rename of at into the trash works.
func (t *trashDirs) proven(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.takes == nil {
		t.takes = make(map[string]int)
	}
	t.takes[at.Dir] = max(t.takes[at.Dir], len(at.Name))
}
