package socket

import (
	"errors"
	"io"
)

// A Source counts what is read from the source of an upload, and keeps its error.
type Source struct {
	R     io.Reader
	N     int64
	Ended bool // io.EOF was read
	Err   error
}

// Read implements [io.Reader].
func (s *Source) Read(p []byte) (int, error) {
	n, err := s.R.Read(p)
	s.N += int64(n)
	switch {
	case err == io.EOF:
		s.Ended = true
	case err != nil:
		s.Err = err
	}
	return n, err
}

// MoveTo implements [KernelSource], where the source does.
func (s *Source) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := s.R.(KernelSource)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, most)
	s.N += n
	return n, err
}

// A KernelSource is the source of an upload that can have the kernel copy its content
// into a connection. MoveTo copies at most that many bytes and returns how many. It
// returns [errors.ErrUnsupported] where the kernel cannot copy at the moment, and 0
// without an error at the end.
type KernelSource interface {
	MoveTo(dst io.ReaderFrom, most int64) (int64, error)
}
