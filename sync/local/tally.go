package local

import (
	"crypto/sha256"
	"hash"
	"time"
)

// When the sum of a content is given up. The sum saves a transfer when a file
// was only touched. Where a file of a quarter of a gigabyte moves so fast that the
// processor and not the line is what it waits for, the sum would take longer than it
// saves: then none is recorded, and size and time alone tell whether the file
// changed.
const (
	tallyLarge = 256 << 20 // bytes of the file, at least
	tallyFirst = 32 << 20  // bytes after which it is decided
	tallyFast  = 250e6     // bytes per second
)

// A tally makes the SHA-256 of a content as it goes by.
type tally struct {
	hash  hash.Hash
	large bool // it may be given up
	n     int64
	begin time.Time
	off   bool
}

// newTally returns the tally of a content of the given size. With needed set it
// is never given up.
func newTally(size int64, needed bool) *tally {
	return &tally{hash: sha256.New(), large: size >= tallyLarge && !needed, begin: time.Now()}
}

// Write takes the next bytes in. It never fails.
func (t *tally) Write(b []byte) (int, error) {
	if t.off {
		return len(b), nil
	}
	t.hash.Write(b)
	t.n += int64(len(b))
	if t.large && t.n >= tallyFirst {
		t.large = false
		t.off = float64(t.n) >= tallyFast*time.Since(t.begin).Seconds()
	}
	return len(b), nil
}

// sum returns the SHA-256 of what went by, "" where that was given up.
func (t *tally) sum() string {
	if t.off {
		return ""
	}
	return string(t.hash.Sum(nil))
}
