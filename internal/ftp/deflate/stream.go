package deflate

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrOtherSize is wrapped by the error that says that the first file that came in MODE Z has another
// size than the server said. It may have been written meanwhile, so that says nothing of the next time.
var ErrOtherSize = errors.New("the file that comes in MODE Z has another size")

// A Stream is a file or listing that comes in MODE Z. It tells its line what became of it.
type Stream struct {
	r     *Reader
	line  *Line
	name  string // "": a listing
	size  int64  // that the file must have; negative: any
	began time.Time
	err   error // the last one
}

// Open returns the stream that read reads. name is that of the file, "" for a listing, and size what
// its size must be, negative if nobody knows that.
func (l *Line) Open(read func(p []byte) (int, error), name string, size int64) *Stream {
	return &Stream{r: NewReader(readerFunc(read)), line: l, name: name, size: size, began: time.Now()}
}

// IsWhole reports whether the end was read, and was right.
func (s *Stream) IsWhole() bool { return s.err == io.EOF }

// Read implements [io.Reader], as that of [Reader]. What comes with an error is not certain.
func (s *Stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	sent, size := s.r.Counts()
	switch {
	case s.size >= 0 && (size > s.size || err == io.EOF && size != s.size):
		n, err = 0, fmt.Errorf("%w: %d bytes came of %d", ErrOtherSize, size, s.size)
		s.line.BarTrial(Down)
	case err == nil:
		return n, nil
	case err == io.EOF:
		s.line.Note(Down, true, sent, size, time.Since(s.began))
		s.line.NoteEnd(Down, true)
		if s.name != "" {
			s.line.NoteSize(s.name, sent, size)
		}
	default:
		s.line.NoteEnd(Down, false)
	}
	s.err = err
	if n > 0 {
		err = nil // it is said the next time
	}
	return n, err
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
