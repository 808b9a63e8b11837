package compare

import (
	"bytes"
	"context"
	"errors"
	"io"
)

const (
	// streamFrom is the size in bytes from which both sides are read at the same time.
	// Smaller files of a server are read ahead, and come whole.
	streamFrom = 1<<20 + 1
	// worthStopping is how many bytes must be left for a transfer to be broken off: that
	// costs the session.
	worthStopping = 4 << 20
)

// compareContent compares a local file with file n of a reader. The error ends everything.
func (t *task) compareContent(ctx context.Context, reader Reader, n int, pair pair) error {
	q := t.question(pair.remote())
	if q.Entry.Size < streamFrom {
		if err := t.read(ctx, reader, n, pair.remote()); err != nil {
			return err
		}
		t.answers[pair.local()] = t.localSum(ctx, pair.local())
		if err := t.answers[pair.local()].Err; ended(ctx, err) {
			return endOf(ctx, q.Path, err)
		}
		t.done(pair.local(), false, 0)
		return nil
	}
	s := &stream{task: t, ctx: ctx, size: q.Entry.Size}
	defer s.close()
	here := t.Sides[local].Reader(ctx, []Wanted{t.question(pair.local()).Wanted})
	defer here.Close()
	s.run(here, reader, n)
	for _, err := range s.errs {
		if ended(ctx, err) {
			return endOf(ctx, q.Path, err)
		}
	}
	t.answers[pair.local()] = Answer{Sum: s.sum, Err: s.errs[local]}
	if s.errs[local] == nil && s.sum == "" {
		t.answers[pair.local()] = t.localSum(ctx, pair.local()) // the side has not hashed what it read
	}
	there := &t.answers[pair.remote()]
	switch {
	case s.errs[remote] != nil:
		there.Err = s.errs[remote]
	case s.differ:
		there.Sum = Differs
	default:
		there.Sum = t.answers[pair.local()].Sum
	}
	t.done(pair.local(), false, max(0, s.size-s.read))
	return nil
}

// A stream is one file that is read on both sides at the same time.
type stream struct {
	*task
	ctx    context.Context
	size   int64
	src    [2]Source
	errs   [2]error // why a side could not be read
	read   int64    // bytes of the remote side
	differ bool
	sum    string // of the local file
}

// run compares the contents. At a difference it stops reading the remote file if much of it
// is left.
func (s *stream) run(here, there Reader, n int) {
	if s.src[local], s.errs[local] = here.Open(s.ctx, 0, 0); s.errs[local] != nil {
		return
	}
	if s.src[remote], s.errs[remote] = there.Open(s.ctx, n, 0); s.errs[remote] == nil {
		s.compare()
	}
	if s.errs[local] == nil {
		s.endLocal()
	}
}

// compare reads both files until one of them ends, or nothing more is to be learnt.
func (s *stream) compare() {
	a, b := buffers.Get().(*[]byte), buffers.Get().(*[]byte)
	defer buffers.Put(a)
	defer buffers.Put(b)
	for {
		n, err := s.src[remote].Read(*a)
		s.read += int64(n)
		s.count(remote, n)
		if n > 0 && !s.differ {
			k, lerr := io.ReadFull(s.src[local], (*b)[:n])
			if lerr != nil && lerr != io.ErrUnexpectedEOF && lerr != io.EOF {
				s.errs[local] = lerr
				return
			}
			s.differ = !bytes.Equal((*a)[:n], (*b)[:k])
		}
		switch {
		case errors.Is(err, io.EOF):
			_, s.errs[remote] = s.src[remote].Confirm(s.ctx)
			return
		case err != nil:
			s.errs[remote] = err
			return
		case s.differ && s.size-s.read >= worthStopping:
			return
		}
	}
}

// endLocal reads the rest of the local file, so that its hash is known.
func (s *stream) endLocal() {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	n, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{s.src[local]}, *buf)
	if err == nil {
		_, err = s.src[local].Confirm(s.ctx)
	}
	s.differ = s.differ || n > 0 // the other one has ended
	s.sum, s.errs[local] = s.src[local].Sum(), err
}

func (s *stream) close() {
	for _, src := range s.src {
		if src != nil {
			src.Close()
		}
	}
}
