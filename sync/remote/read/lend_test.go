package read

import (
	"context"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
	"ferry/internal/ftpserver"
)

// TestALenderKeepsNoSessionWhileNobodyReads holds that what reads ahead for another server gives its session back by
// itself: whoever is to read may wait for a session of the other server, and those who have them for one of this.
func TestALenderKeepsNoSessionWhileNobodyReads(t *testing.T) {
	h := manyFiles(t, ftpserver.Options{}, 3*aheadFiles, func(o *ftp.Options) { o.Connections = 1 })
	r := Lend(h.Context(), h, h.opts, h.all(), new(third.Link))
	defer r.Close()
	src, err := r.Open(h.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	ctx, cancel := context.WithTimeout(h.Context(), 10*time.Second)
	defer cancel()
	s, err := h.pool.Borrow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.pool.Return(s)
}
