package remote

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// resumeFrom is the size from which an upload that broke off is gone on with.
const resumeFrom = 1 << 20

// temps knows the half-written files on the server: those that scans saw, and
// those that this process is writing. Its methods may be called from several
// goroutines.
type temps struct {
	mu   stdsync.Mutex
	left map[string]map[string]manifest.Entry // by directory and name
	live map[string]bool                      // absolute paths
}

// forget drops what is known of dir, before it is seen again.
func (t *temps) forget(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.left, dir)
}

// saw notes a temporary in dir, if it is a file.
func (t *temps) saw(dir string, one listed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !one.entry.IsFile() {
		return
	}
	if t.left == nil {
		t.left = make(map[string]map[string]manifest.Entry)
	}
	if t.left[dir] == nil {
		t.left[dir] = make(map[string]manifest.Entry)
	}
	t.left[dir][one.name] = one.entry
}

// begin notes that this process is writing at, or has let go of it.
func (t *temps) begin(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = make(map[string]bool)
	}
	t.live[at.String()] = true
}

func (t *temps) end(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, at.String())
	delete(t.left[at.parent()], at.name)
}

// keep leaves at for a later attempt.
func (t *temps) keep(at place, size int64) {
	t.end(at)
	t.saw(at.parent(), listed{name: at.name, entry: manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.NoTime}})
}

// claim takes the largest temporary in the directory of at whose source has the
// fingerprint given, so that no other attempt gets it.
func (t *temps) claim(at place, fingerprint string) (place, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	best, size := "", int64(0)
	for name, e := range t.left[at.parent()] {
		mark, _ := manifest.TempMark(name)
		if strings.HasPrefix(mark, fingerprint) && e.Size > size && !t.live[place{at.dir, name}.String()] {
			best, size = name, e.Size
		}
	}
	delete(t.left[at.parent()], best)
	return place{at.dir, best}, best != ""
}

// old returns the temporaries that nobody is writing any more: more than a day
// old by the server's own times, with the difference of time zones added where
// only LIST told the time.
func (t *temps) old(now time.Time) []place {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []place
	for dir, names := range t.left {
		for name, e := range names {
			at := place{strings.TrimSuffix(dir, "/"), name}
			if isOld(e, now) && !t.live[at.String()] {
				all = append(all, at)
			}
		}
	}
	return all
}

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

// fingerprint tells sources apart: 16 hex digits of what is known of one before
// it is read.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %d %d %x", string(p), e.Size, e.ModTime, e.Precision, e.ID, e.Sum)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// newMark returns a mark for a temporary that no other attempt has.
func newMark(fingerprint string) string {
	var b [4]byte
	rand.Read(b[:])
	return fingerprint + hex.EncodeToString(b[:])
}

// Tidy implements [sync.Replica].
func (d *Directory) Tidy(ctx context.Context) error {
	old := d.temps.old(time.Now())
	if len(old) == 0 {
		return nil
	}
	err := d.do(ctx, "tidying", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for _, at := range old {
			b.Add("DELE "+at.String(), func(r ftp.Reply) {
				if r.OK() || r.Code == 550 {
					d.temps.end(at)
				}
			})
		}
		return b.Run(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("removing half-written files: %w", err)
	}
	return nil
}

// mine reports whether at is a temporary that nobody is writing: one that is
// old, or that an earlier attempt of this process left.
func (t *temps) mine(at place, e manifest.Entry) bool {
	if _, ok := manifest.TempMark(at.name); !ok || !e.IsFile() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.live[at.String()] && isOld(e, time.Now())
}
