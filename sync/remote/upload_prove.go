package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
	"ferry/sync"
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
		told, err := hashTold(ctx, s, u.temp)
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
	there, err := readEnd(ctx, s, u.temp, from, overlap)
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

// hashTold returns the SHA-256 of the file at, or "" if the server tells none.
func hashTold(ctx context.Context, s *ftp.Session, at place) (string, error) {
	lines := ftp.SHA256Commands(s.Features(), at.String())
	if len(lines) == 0 {
		return "", nil
	}
	var b ftp.Batch
	var told ftp.Reply
	for _, line := range lines {
		b.Expect(line, &told) // the last one tells
	}
	if err := b.Run(ctx, s); err != nil {
		return "", err
	}
	if told.Code/100 != 2 {
		return "", nil
	}
	return wire.ParseSHA256(told.Text), nil
}

// readEnd reads the last size bytes of the file at, which begin at an offset. A server
// that does not let the file be read is no error: it returns zeros, which prove nothing.
func readEnd(ctx context.Context, s *ftp.Session, at place, offset, size int64) ([]byte, error) {
	d, err := s.Retrieve(ctx, at.String(), offset)
	var data []byte
	if err == nil {
		if data, err = d.ReadFile(size); err == nil {
			_, err = d.Finish()
		}
	}
	switch {
	case err == nil:
		return data, nil
	case ctx.Err() != nil || ftp.Retryable(err):
		return nil, err
	}
	return make([]byte, size), nil
}
