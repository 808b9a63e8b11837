package local

import (
	"crypto/sha256"
	"testing"
	"testing/synctest"
	"time"
)

// The hash is skipped only for a large file that moves fast, and never if it is
// needed.
func TestContentHashIsSkipped(t *testing.T) {
	piece := make([]byte, 16<<20)
	whole := sha256.New()
	for range skipHashAfter/len(piece) + 1 {
		whole.Write(piece)
	}
	for _, tt := range []struct {
		name   string
		size   int64
		needed bool
		pause  time.Duration // before each piece
		known  bool
	}{
		{"large, fast", skipHashSize, false, time.Millisecond, false},
		{"large, by a line of 1 Gbit/s", skipHashSize, false, 130 * time.Millisecond, true},
		{"large, fast, needed", skipHashSize, true, time.Millisecond, true},
		{"small, fast", skipHashSize - 1, false, time.Millisecond, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sum := newContentHash(tt.size, tt.needed)
				for range skipHashAfter/len(piece) + 1 {
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
