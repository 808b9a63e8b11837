// Package temporary knows the half-written files on a server, and removes those that nobody
// goes on with.
package temporary

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync/remote/list"
	"ferry/sync/remote/names"
)

// Files are the half-written files on the server: those that scans saw, and those that
// this process is writing. The methods may be called from several goroutines.
type Files struct {
	// Root is the absolute path of the root, without a slash at the end.
	Root string
	// Owner is in the names of the temporaries of this side.
	Owner string
	// Journal remembers where temporaries may be left; nil: nobody does.
	Journal *manifest.TempJournal
	// Lister lists the directories that are noted there.
	Lister list.Lister
	// Do runs f on a session, see [pool.Pool.Do].
	Do func(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error

	mu   stdsync.Mutex
	left map[names.Place]manifest.Entry // seen, and to be removed or resumed
	used map[names.Place]bool           // being written by this process
	seen map[string]bool                // directories that were listed since the last Tidy
	kept map[names.Place]bool           // of left: for a later attempt of this process
}

// Forget drops what is known of a directory, given as in [names.Place], before it is seen
// again.
func (t *Files) Forget(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.left, func(at names.Place, _ manifest.Entry) bool { return at.Dir == dir })
	if t.seen == nil {
		t.seen = make(map[string]bool)
	}
	t.seen[dir] = true
}

// Saw notes a temporary, if it is a file.
func (t *Files) Saw(at names.Place, e manifest.Entry) {
	if !e.IsFile() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == nil {
		t.left = make(map[names.Place]manifest.Entry)
	}
	t.left[at] = e
}

// Begin notes that this process is about to write at.
func (t *Files) Begin(at names.Place) {
	t.Journal.Begin(t.below(at.Dir))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used == nil {
		t.used = make(map[names.Place]bool)
	}
	t.used[at] = true
}

// End notes that at is not there any more under that name.
func (t *Files) End(at names.Place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.used, at)
	delete(t.left, at)
	delete(t.kept, at)
}

// Leave notes that at, which this process was writing, is left behind unless it has ended.
func (t *Files) Leave(at names.Place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used[at] {
		delete(t.used, at)
		if t.left == nil {
			t.left = make(map[names.Place]manifest.Entry)
		}
		t.left[at] = manifest.Entry{Kind: manifest.File, Precision: manifest.NoTime}
	}
}

// Keep leaves at for a later attempt.
func (t *Files) Keep(at names.Place, size int64) {
	t.End(at)
	t.Saw(at, manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.NoTime})
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil {
		t.kept = make(map[names.Place]bool)
	}
	t.kept[at] = true
}

// Claim takes the largest temporary beside target whose source has this fingerprint,
// so that no other attempt gets it.
func (t *Files) Claim(target names.Place, fingerprint string) (best names.Place, ok bool) {
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
func (t *Files) isOwn(name string) bool {
	mark, ok := manifest.TempMark(name)
	return ok && manifest.TempIsFrom(mark, t.Owner)
}

// IsAbandoned reports whether at is a temporary that nobody is writing any more: one of
// this owner, or one of others that has stood still for long.
func (t *Files) IsAbandoned(at names.Place, e manifest.Entry) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.abandoned(at, e)
}

// abandoned is IsAbandoned for a caller who holds mu.
func (t *Files) abandoned(at names.Place, e manifest.Entry) bool {
	_, temp := manifest.TempMark(at.Name)
	if !temp || !e.IsFile() || t.used[at] {
		return false
	}
	return t.isOwn(at.Name) || t.Journal.StoodStill(t.below(at.Dir)+"/"+at.Name, e, time.Now())
}

// below returns dir, given as in [names.Place], relative to the root.
func (t *Files) below(dir string) string {
	return strings.TrimPrefix(strings.TrimPrefix(dir, t.Root), "/")
}

// Fingerprint tells sources apart: 16 hex digits of what is known of a source before
// it is read.
func Fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %d %d %d", string(p), e.Size, e.ModTime, e.Precision, e.ID, e.Changed)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// fingerprintIn returns the fingerprint in the name of a temporary.
func fingerprintIn(name string) string {
	mark, _ := manifest.TempMark(name)
	return mark[:min(16, len(mark))]
}

// NewName returns a new name for a temporary of the source with this fingerprint.
func (t *Files) NewName(fingerprint string, plain bool) string {
	return manifest.TempName(manifest.NewTempMark(fingerprint, t.Owner), plain)
}
