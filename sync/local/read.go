package local

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/manifest"
	"ferry/sync"
)

// Reader implements [sync.Replica].
func (d *Directory) Reader(_ context.Context, run []sync.Wanted) sync.Reader {
	return &reader{d: d, run: run}
}

type reader struct {
	d   *Directory
	run []sync.Wanted
}

// Close implements [sync.Reader].
func (r *reader) Close() error { return nil }

// Open implements [sync.Reader]. It reads the bytes before offset as well, so
// that the sum of the whole file is known at the end.
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	file, err := r.d.openChecked(ctx, w.Path, w.Entry)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	s := &source{ctx: ctx, file: file, sum: newContentHash(file.before.Size, offset > 0)}
	if s.offset, err = copyN(ctx, s.sum, file.f, offset); err == nil && s.offset < offset {
		err = fmt.Errorf("it has %d bytes, expected at least %d: %w", s.offset, offset, sync.ErrChanged)
	}
	if err != nil {
		file.f.Close()
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return s, nil
}

// A source is a file that is being read.
type source struct {
	ctx    context.Context
	file   *checkedFile
	sum    *contentHash
	offset int64
}

// Read implements [io.Reader].
func (s *source) Read(b []byte) (int, error) {
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	n, err := s.file.f.Read(b)
	s.sum.Write(b[:n])
	s.offset += int64(n)
	return n, err
}

// MoveTo copies at most the given number of bytes to dst and returns how many it
// copied. dst may let the system copy them without passing them through this
// process. The error is [errors.ErrUnsupported] while the content is hashed.
func (s *source) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	if !s.sum.skipped {
		return 0, errors.ErrUnsupported
	}
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	n, err := dst.ReadFrom(&io.LimitedReader{R: s.file.f, N: most})
	s.offset += n
	return n, err
}

// Confirm implements [sync.Source].
func (s *source) Confirm(ctx context.Context) (manifest.Entry, error) {
	now, err := s.file.confirm(ctx)
	if err == nil && s.offset != now.Size {
		err = fmt.Errorf("read to %d of %d bytes: %w", s.offset, now.Size, sync.ErrSource)
	}
	if err != nil {
		return manifest.Entry{}, fmt.Errorf("reading %s: %w", s.file.path, err)
	}
	return now, nil
}

// Sum implements [sync.Source].
func (s *source) Sum() string {
	if s.offset != s.file.before.Size {
		return ""
	}
	return s.sum.sum()
}

// PrefixSum implements [sync.PrefixHasher].
func (s *source) PrefixSum() string { return s.sum.sum() }

// Close implements [io.Closer].
func (s *source) Close() error { return s.file.f.Close() }
