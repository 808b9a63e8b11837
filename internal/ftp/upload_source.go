package ftp

import (
	"errors"
	"io"
)

// A source remembers how reading from an upload's source went.
type uploadSource struct {
	r     io.Reader
	n     int64
	ended bool
	err   error
}

func (s *uploadSource) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	switch {
	case err == io.EOF:
		s.ended = true
	case err != nil:
		s.err = err
	}
	return n, err
}

// MoveTo implements mover, where r does.
func (s *uploadSource) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := s.r.(KernelSource)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, most)
	s.n += n
	return n, err
}

// A mover is a source of an upload that can have the system copy what it holds
// into a connection. It returns [errors.ErrUnsupported] where it cannot at the
// moment, and no bytes with no error at its end.
type KernelSource interface {
	MoveTo(dst io.ReaderFrom, most int64) (int64, error)
}
