package remote

import (
	"context"
	"errors"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestClaims holds when the record of a deploy is asked: not where the server tells hashes, nor where it
// told wrong ones. It is read once in a pass.
func TestClaims(t *testing.T) {
	for _, tt := range []struct {
		name  string
		hash  bool
		lies  bool
		reads int
	}{
		{"no hashes", false, false, 2},
		{"hashes", true, false, 0},
		{"wrong hashes", true, true, 0},
		{"wrong hashes once", false, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFixture(t, ftpserver.Options{Hash: tt.hash})
			if tt.lies {
				h.d.server.features.Observe(ftp.TellsRightHash, false)
			}
			reads := 0
			h.d.left.Read = func(context.Context, string, int64) ([]byte, error) {
				reads++
				return nil, errors.New("there is none")
			}
			for range 2 {
				for range 2 {
					h.d.Claims(t.Context(), []sync.Wanted{{Path: "a"}})
				}
				if err := h.d.Tidy(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if reads != tt.reads {
				t.Errorf("read %d times, want %d", reads, tt.reads)
			}
		})
	}
}
