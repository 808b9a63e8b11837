package ftp

import (
	"errors"
	"io"
)

// An uploadSource counts what is read from the source of an upload, and keeps its error.
type uploadSource struct {
	r     io.Reader
	n     int64
	ended bool // io.EOF was read
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

// MoveTo implements [KernelSource], where the source does.
func (s *uploadSource) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := s.r.(KernelSource)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, most)
	s.n += n
	return n, err
}

// A KernelSource is the source of an upload that can have the kernel copy its content
// into a connection. MoveTo copies at most that many bytes and returns how many. It
// returns [errors.ErrUnsupported] where the kernel cannot copy at the moment, and 0
// without an error at the end.
type KernelSource interface {
	MoveTo(dst io.ReaderFrom, most int64) (int64, error)
}
