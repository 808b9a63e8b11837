package remote

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestAheadComesToItsEnd reads runs that are longer than what is read ahead, of
// files that are answered for late or not at all: nobody waits for what only he can
// bring about.
func TestAheadComesToItsEnd(t *testing.T) {
	const n = aheadFiles + 20
	for _, tt := range []struct {
		name string
		size func(i int) int
		gone bool // the first file
	}{
		{"empty", func(int) int { return 0 }, false},
		{"empty behind one that is not", func(i int) int { return max(0, 1-i) }, false},
		{"every other one empty", func(i int) int { return i % 2 }, false},
		{"large", func(int) int { return aheadBytes / 8 }, false},
		{"large and empty", func(i int) int { return i % 2 * aheadBytes / 4 }, false},
		{"the first one is gone", func(int) int { return 1 }, true},
	} {
		for _, noMLSD := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", tt.name, noMLSD), func(t *testing.T) {
				h := newShop(t, ftpserver.Options{NoMLSD: noMLSD})
				for i := range n {
					h.write(fmt.Sprintf("f%02d", i), string(make([]byte, tt.size(i))))
				}
				run := h.crowdRun(n)
				if tt.gone {
					h.fault(ftpserver.Fault{Command: "RETR", Path: "/f00", Refuse: "550 No such file"})
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				r := h.d.Reader(ctx, run)
				defer r.Close()
				for i := range run {
					got, err := readOne(ctx, r, i)
					if bad := tt.gone && i == 0; ctx.Err() != nil || (err != nil) != bad || !bad && got != tt.size(i) {
						t.Fatalf("file %d: %d bytes, %v", i, got, err)
					}
				}
			})
		}
	}
}

// readOne reads a file of a run and returns how long it is.
func readOne(ctx context.Context, r sync.Reader, i int) (int, error) {
	src, err := r.Open(ctx, i, 0)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	data, err := io.ReadAll(src)
	if err == nil {
		_, err = src.Confirm(ctx)
	}
	return len(data), err
}
