package local

import (
	"crypto/sha256"
	"testing"
	"testing/synctest"
	"time"
)

// TestTally holds when the sum of a content is given up: only of a large file that
// moves faster than is worth it, and never where it is needed.
func TestTally(t *testing.T) {
	piece := make([]byte, 16<<20)
	whole := sha256.New()
	for range tallyFirst/len(piece) + 1 {
		whole.Write(piece)
	}
	for _, tt := range []struct {
		name   string
		size   int64
		needed bool
		pause  time.Duration // before each piece
		known  bool
	}{
		{"large, fast", tallyLarge, false, time.Millisecond, false},
		{"large, by a line of 1 Gbit/s", tallyLarge, false, 130 * time.Millisecond, true},
		{"large, fast, needed", tallyLarge, true, time.Millisecond, true},
		{"small, fast", tallyLarge - 1, false, time.Millisecond, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sum := newTally(tt.size, tt.needed)
				for range tallyFirst/len(piece) + 1 {
					time.Sleep(tt.pause)
					sum.Write(piece)
				}
				want := ""
				if tt.known {
					want = string(whole.Sum(nil))
				}
				if got := sum.sum(); got != want {
					t.Errorf("got %x, want %x", got, want)
				}
			})
		})
	}
}
