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

// Open implements [sync.Reader]. Where it opens behind the beginning, it reads
// that first, so that the sum of the whole is known in the end.
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	o, err := r.d.openFile(ctx, w.Path, w.Entry)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	s := &source{ctx: ctx, o: o, sum: newTally(o.was.Size, false)}
	if s.at, err = hashed(ctx, s.sum, o.f, offset); err == nil && s.at < offset {
		err = fmt.Errorf("%d bytes, expected %d at least: %w", s.at, offset, sync.ErrChanged)
	}
	if err != nil {
		o.f.Close()
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return s, nil
}

// A source is a file that is being read.
type source struct {
	ctx context.Context
	o   *opened
	sum *tally
	at  int64
}

// Read implements [io.Reader].
func (s *source) Read(b []byte) (int, error) {
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	n, err := s.o.f.Read(b)
	s.sum.Write(b[:n])
	s.at += int64(n)
	return n, err
}

// MoveTo hands up to most bytes to dst, which may have the system copy them, and
// returns how many. It is not possible where the sum of the content is being made:
// then the error is [errors.ErrUnsupported].
func (s *source) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	if !s.sum.off {
		return 0, errors.ErrUnsupported
	}
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	n, err := dst.ReadFrom(&io.LimitedReader{R: s.o.f, N: most})
	s.at += n
	return n, err
}

// Confirm implements [sync.Source].
func (s *source) Confirm(ctx context.Context) (manifest.Entry, error) {
	now, err := s.o.confirm(ctx)
	if err == nil && s.at != now.Size {
		err = fmt.Errorf("read to %d of %d bytes: %w", s.at, now.Size, sync.ErrSource)
	}
	if err != nil {
		return manifest.Entry{}, fmt.Errorf("reading %s: %w", s.o.path, err)
	}
	return now, nil
}

// Sum implements [sync.Source].
func (s *source) Sum() string {
	if s.at != s.o.was.Size {
		return ""
	}
	return s.sum.sum()
}

// Close implements [io.Closer].
func (s *source) Close() error { return s.o.f.Close() }
