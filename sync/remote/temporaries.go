package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	stdsync "sync"
	"time"

	"ferry/manifest"
)

// temporaries knows the half-written files on the server: those that scans saw, and
// those that this process is writing. Its methods may be called from several
// goroutines.
type temporaries struct {
	*server

	mu   stdsync.Mutex
	left map[place]manifest.Entry // seen, and to be removed or resumed
	used map[place]bool           // being written by this process
	seen map[string]bool          // directories that were listed since the last Tidy
	kept map[place]bool           // of left: for a later attempt of this process
}

// forget drops what is known of a directory, given as in place.Dir, before it is seen
// again.
func (t *temporaries) forget(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.left, func(at place, _ manifest.Entry) bool { return at.Dir == dir })
	if t.seen == nil {
		t.seen = make(map[string]bool)
	}
	t.seen[dir] = true
}

// saw notes a temporary, if it is a file.
func (t *temporaries) saw(at place, e manifest.Entry) {
	if !e.IsFile() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == nil {
		t.left = make(map[place]manifest.Entry)
	}
	t.left[at] = e
}

// begin notes that this process is about to write at.
func (t *temporaries) begin(at place) {
	t.opts.Temps.Begin(t.below(at.Dir))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used == nil {
		t.used = make(map[place]bool)
	}
	t.used[at] = true
}

// end notes that at is not there any more under that name.
func (t *temporaries) end(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.used, at)
	delete(t.left, at)
	delete(t.kept, at)
}

// leave notes that at, which this process was writing, is left behind unless it has ended.
func (t *temporaries) leave(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used[at] {
		delete(t.used, at)
		if t.left == nil {
			t.left = make(map[place]manifest.Entry)
		}
		t.left[at] = manifest.Entry{Kind: manifest.File, Precision: manifest.NoTime}
	}
}

// keep leaves at for a later attempt.
func (t *temporaries) keep(at place, size int64) {
	t.end(at)
	t.saw(at, manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.NoTime})
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil {
		t.kept = make(map[place]bool)
	}
	t.kept[at] = true
}

// claim takes the largest temporary beside target whose source has this fingerprint,
// so that no other attempt gets it.
func (t *temporaries) claim(target place, fingerprint string) (best place, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := int64(0)
	for at, e := range t.left {
		if at.Dir == target.Dir && t.isOwn(at.Name) && fingerprintIn(at.Name) == fingerprint && e.Size > size && !t.used[at] {
			best, size = at, e.Size
		}
	}
	delete(t.left, best)
	delete(t.kept, best)
	return best, size > 0
}

// isOwn reports whether this owner made the temporary called name.
func (t *temporaries) isOwn(name string) bool {
	mark, ok := manifest.TempMark(name)
	return ok && manifest.TempIsFrom(mark, t.opts.Owner)
}

// isAbandoned reports whether at is a temporary that nobody is writing any more: one of
// this owner, or one of others that has stood still for long.
func (t *temporaries) isAbandoned(at place, e manifest.Entry) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.abandoned(at, e)
}

// abandoned is isAbandoned for a caller who holds mu.
func (t *temporaries) abandoned(at place, e manifest.Entry) bool {
	_, temp := manifest.TempMark(at.Name)
	if !temp || !e.IsFile() || t.used[at] {
		return false
	}
	return t.isOwn(at.Name) || t.opts.Temps.StoodStill(t.below(at.Dir)+"/"+at.Name, e, time.Now())
}

// below returns dir, given as in place.Dir, relative to the root.
func (t *temporaries) below(dir string) string {
	return strings.TrimPrefix(strings.TrimPrefix(dir, t.names.Root), "/")
}

// fingerprint tells sources apart: 16 hex digits of what is known of a source before
// it is read.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %d %d %d", string(p), e.Size, e.ModTime, e.Precision, e.ID, e.Changed)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// fingerprintIn returns the fingerprint in the name of a temporary.
func fingerprintIn(name string) string {
	mark, _ := manifest.TempMark(name)
	return mark[:min(16, len(mark))]
}

// newName returns a new name for a temporary of the source with this fingerprint.
func (t *temporaries) newName(fingerprint string, plain bool) string {
	return manifest.TempName(manifest.NewTempMark(fingerprint, t.opts.Owner), plain)
}
