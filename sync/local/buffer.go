package local

import (
	"context"
	"errors"
	"io"
	stdsync "sync"
)

// Buffers for copying, shared by all goroutines.
var (
	smallBuffers = stdsync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}
	largeBuffers = stdsync.Pool{New: func() any { b := make([]byte, largeBufferSize); return &b }}
)

// largeBufferSize is the size in bytes of a large buffer. Files of this size or
// more are copied with one.
const largeBufferSize = 1 << 20

// copyN copies n bytes from r to w and returns how many it copied. That is less
// than n, without an error, if r ends before. Write errors are ignored: w is a hash.
func copyN(ctx context.Context, w io.Writer, r io.Reader, n int64) (int64, error) {
	buf := smallBuffers.Get().(*[]byte)
	defer smallBuffers.Put(buf)
	var done int64
	for done < n {
		if err := stopped(ctx); err != nil {
			return done, err
		}
		k, err := r.Read((*buf)[:min(int64(len(*buf)), n-done)])
		w.Write((*buf)[:k])
		done += int64(k)
		switch {
		case errors.Is(err, io.EOF):
			return done, nil
		case err != nil:
			return done, err
		}
	}
	return done, nil
}
