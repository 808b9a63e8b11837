package remote

import (
	"context"
	"errors"
	"slices"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/internal/ftpserver"
)

// A server lists a directory in which a file is replaced: for a moment its name is there twice.
func TestListedTwiceForAMoment(t *testing.T) {
	twice := func(lines []string) []string { return slices.Concat(lines, lines[len(lines)-1:]) }
	for _, times := range []int{1, 2} {
		h := newFixture(t, ftpserver.Options{})
		h.write("d/f", "content")
		h.fault(ftpserver.Fault{Command: "LISTING", Path: "/d", Times: times, Listing: twice})
		err := h.d.server.once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
			s.Features().Observe(ftp.MLSDWorks, true)
			_, err := h.d.server.lister.List(ctx, s, "/d")
			return err
		})
		if lasting := times > 1; errors.Is(err, listing.ErrTwice) != lasting || (err != nil) != lasting {
			t.Errorf("%d times: %v", times, err)
		}
	}
}
