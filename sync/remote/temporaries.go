package remote

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
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
}

// forget drops what is known of a directory, given as in place.dir, before it is seen
// again.
func (t *temporaries) forget(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.left, func(at place, _ manifest.Entry) bool { return at.dir == dir })
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

// begin notes that this process is writing at.
func (t *temporaries) begin(at place) {
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
}

// keep leaves at for a later attempt.
func (t *temporaries) keep(at place, size int64) {
	t.end(at)
	t.saw(at, manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.NoTime})
}

// claim takes the largest temporary beside target whose source has this fingerprint,
// so that no other attempt gets it.
func (t *temporaries) claim(target place, fingerprint string) (best place, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := int64(0)
	for at, e := range t.left {
		mark, _ := manifest.TempMark(at.name)
		if at.dir == target.dir && strings.HasPrefix(mark, fingerprint) && e.Size > size && !t.used[at] {
			best, size = at, e.Size
		}
	}
	delete(t.left, best)
	return best, size > 0
}

// isAbandoned reports whether at is a temporary that nobody is writing any more.
func (t *temporaries) isAbandoned(at place, e manifest.Entry) bool {
	_, ok := manifest.TempMark(at.name)
	t.mu.Lock()
	defer t.mu.Unlock()
	return ok && e.IsFile() && isOld(e, time.Now()) && !t.used[at]
}

// tidy implements [sync.Replica.Tidy].
func (t *temporaries) tidy(ctx context.Context) error {
	var b ftp.Batch
	t.mu.Lock()
	for at, e := range t.left {
		if isOld(e, time.Now()) && !t.used[at] {
			b.Add("DELE "+at.String(), func(r ftp.Reply) {
				if r.OK() || r.Code == 550 {
					t.end(at)
				}
			})
		}
	}
	t.mu.Unlock()
	if err := t.runAny(ctx, "removing half-written files", &b); err != nil {
		return fmt.Errorf("removing half-written files: %w", err)
	}
	return nil
}

// isOld reports whether e is more than a day old by the server's own time. Where only
// LIST told the time, it may be that of any zone.
func isOld(e manifest.Entry, now time.Time) bool {
	const day, zones = 24 * time.Hour, 15 * time.Hour
	switch {
	case e.Precision == manifest.NoTime:
		return false
	case e.Precision > manifest.Second:
		return now.Sub(e.Time()) > day+zones+e.Precision.Duration()
	}
	return now.Sub(e.Time()) > day
}

// fingerprint tells sources apart: 16 hex digits of what is known of a source before
// it is read.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %d %d %d", string(p), e.Size, e.ModTime, e.Precision, e.ID, e.Changed)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// newMark returns the mark of a new temporary: the fingerprint of its source, and
// digits that no other attempt has.
func newMark(fingerprint string) string {
	var b [4]byte
	rand.Read(b[:])
	return fingerprint + hex.EncodeToString(b[:])
}
