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

// temporaries knows the half-written files on the server: those that scans saw, and
// those that this process is writing. Its methods may be called from several
// goroutines.
type temporaries struct {
	*server

	mu   stdsync.Mutex
	left map[string]map[string]manifest.Entry // seen and not in use, by directory and name
	used map[string]bool                      // being written by this process, by absolute path
}

// forget drops what is known of dir, before it is seen again.
func (t *temporaries) forget(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.left, dir)
}

// saw notes a temporary in dir, if it is a file.
func (t *temporaries) saw(dir string, one listed) {
	if !one.entry.IsFile() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == nil {
		t.left = make(map[string]map[string]manifest.Entry)
	}
	if t.left[dir] == nil {
		t.left[dir] = make(map[string]manifest.Entry)
	}
	t.left[dir][one.name] = one.entry
}

// begin notes that this process is writing at.
func (t *temporaries) begin(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used == nil {
		t.used = make(map[string]bool)
	}
	t.used[at.String()] = true
}

// end notes that at is not there any more under that name.
func (t *temporaries) end(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.used, at.String())
	delete(t.left[at.parent()], at.name)
}

// keep leaves at for a later attempt.
func (t *temporaries) keep(at place, size int64) {
	t.end(at)
	t.saw(at.parent(), listed{name: at.name, entry: manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.NoTime}})
}

// claim takes the largest temporary beside target whose source has this fingerprint,
// so that no other attempt gets it.
func (t *temporaries) claim(target place, fingerprint string) (place, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	best, size := "", int64(0)
	for name, e := range t.left[target.parent()] {
		mark, _ := manifest.TempMark(name)
		if strings.HasPrefix(mark, fingerprint) && e.Size > size && !t.used[place{target.dir, name}.String()] {
			best, size = name, e.Size
		}
	}
	delete(t.left[target.parent()], best)
	return place{target.dir, best}, best != ""
}

// isAbandoned reports whether at is a temporary that nobody is writing any more.
func (t *temporaries) isAbandoned(at place, e manifest.Entry) bool {
	if _, ok := manifest.TempMark(at.name); !ok || !e.IsFile() || !isOld(e, time.Now()) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.used[at.String()]
}

// tidy implements [sync.Replica.Tidy].
func (t *temporaries) tidy(ctx context.Context) error {
	old := t.old(time.Now())
	if len(old) == 0 {
		return nil
	}
	err := t.do(ctx, "removing half-written files", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for _, at := range old {
			b.Add("DELE "+at.String(), func(r ftp.Reply) {
				if r.OK() || r.Code == 550 {
					t.end(at)
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

// old returns the temporaries that nobody is writing any more.
func (t *temporaries) old(now time.Time) (all []place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for dir, names := range t.left {
		for name, e := range names {
			at := place{strings.TrimSuffix(dir, "/"), name}
			if isOld(e, now) && !t.used[at.String()] {
				all = append(all, at)
			}
		}
	}
	return all
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
	fmt.Fprintf(h, "%q %d %d %d %d %x", string(p), e.Size, e.ModTime, e.Precision, e.ID, e.Sum)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// newMark returns the mark of a new temporary: the fingerprint of its source, and
// digits that no other attempt has.
func newMark(fingerprint string) string {
	var b [4]byte
	rand.Read(b[:])
	return fingerprint + hex.EncodeToString(b[:])
}
