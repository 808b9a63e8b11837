package remote

import (
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/sync"
)

// An uploadReader reads the source of an upload, counts its bytes, and stops when the
// source has grown.
type uploadReader struct {
	source sync.Source
	u      *upload
	left   int64 // bytes that the source should still have
	n      int64 // bytes that were read
	err    error // of the source
}

// Read implements [io.Reader].
func (r *uploadReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.source.Read(p)
	r.count(int64(n))
	if r.left < 0 && err == nil {
		err = fmt.Errorf("it has grown beyond %d bytes: %w", r.u.step.Want.Size, sync.ErrChanged)
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// MoveTo implements [ftp.KernelSource], where the source does.
func (r *uploadReader) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	source, ok := r.source.(ftp.KernelSource)
	if !ok || r.err != nil {
		return 0, errors.ErrUnsupported
	}
	n, err := source.MoveTo(dst, min(most, r.left+1))
	r.count(n)
	return n, err
}

func (r *uploadReader) count(n int64) {
	r.n += n
	r.left -= n
	r.u.out.Bytes += n
	if n > 0 && r.u.step.Progress != nil {
		r.u.step.Progress(n)
	}
}
