package local

import (
	"crypto/sha256"
	"hash"
	"time"
)

// The hash of a large file is skipped if the file moves so fast that hashing is
// the bottleneck. A recorded hash saves a transfer if a file gets a new time and
// keeps its content, but here it would cost more than it saves. Without a hash,
// size and time alone tell whether the file changed.
const (
	skipHashSize  = 256 << 20 // smallest file whose hash may be skipped, in bytes
	skipHashAfter = 32 << 20  // bytes after which that is decided
	skipHashRate  = 250e6     // lowest rate at which it is skipped, in bytes per second
)

// A contentHash computes the SHA-256 of what is written to it.
type contentHash struct {
	hash    hash.Hash
	maySkip bool // the hash may still be skipped
	n       int64
	begin   time.Time
	skipped bool
}

// newContentHash returns a hash for a file of the given size. If needed is set the
// hash is never skipped.
func newContentHash(size int64, needed bool) *contentHash {
	return &contentHash{hash: sha256.New(), maySkip: size >= skipHashSize && !needed, begin: time.Now()}
}

// Write adds the next bytes. It never fails.
func (h *contentHash) Write(b []byte) (int, error) {
	if h.skipped {
		return len(b), nil
	}
	h.hash.Write(b)
	h.n += int64(len(b))
	if h.maySkip && h.n >= skipHashAfter {
		h.maySkip = false
		h.skipped = float64(h.n) >= skipHashRate*time.Since(h.begin).Seconds()
	}
	return len(b), nil
}

// sum returns the SHA-256 of all that was written, or "" if it was skipped.
func (h *contentHash) sum() string {
	if h.skipped {
		return ""
	}
	return string(h.hash.Sum(nil))
}
