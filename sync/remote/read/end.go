package read

import (
	"context"

	"ferry/internal/ftp"
	"ferry/internal/ftp/wire"
)

// HashTold returns the SHA-256 of the file at an absolute path, or "" if the server tells none.
func HashTold(ctx context.Context, s *ftp.Session, at string) (string, error) {
	lines := ftp.SHA256Commands(s.Features(), at)
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

// End reads the last size bytes of the file at an absolute path, which begin at an offset. A
// server that does not let the file be read is no error: it returns zeros, which prove nothing.
func End(ctx context.Context, s *ftp.Session, at string, offset, size int64) ([]byte, error) {
	d, err := s.Retrieve(ctx, at, offset)
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
