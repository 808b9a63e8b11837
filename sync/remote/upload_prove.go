package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/sync"
	"ferry/sync/remote/read"
)

// provePart reports whether the temporary of u, which an earlier attempt left, holds the
// beginning of its source: by its hash where the server tells one, else by its end, if
// the source is certainly the one that the earlier attempt read. It reads overlap bytes
// of src, up to the end of the part.
func (up *uploader) provePart(ctx context.Context, s *ftp.Session, u *upload, src sync.Source, from, overlap int64) (bool, error) {
	end := make([]byte, overlap)
	if _, err := io.ReadFull(src, end); err != nil {
		return false, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	if h, ok := src.(sync.PrefixHasher); ok {
		want := h.PrefixSum()
		told, err := read.HashTold(ctx, s, u.temp.String())
		switch {
		case err != nil:
			return false, err
		case want != "" && told != "":
			return want == told, nil
		}
	}
	if u.step.Want.Changed == 0 && u.own == (place{}) {
		return false, nil // a source that was rewritten since may look the same
	}
	there, err := read.End(ctx, s, u.temp.String(), from, overlap)
	if err != nil {
		u.proofFailures++
		u.fromStart = u.proofFailures > mostProofFailures
		return false, err
	}
	return sync.SameOverlap(bytes.NewReader(end), there)
}

// mostProofFailures is how often reading the end of a part may fail before the upload
// begins anew.
const mostProofFailures = 1
