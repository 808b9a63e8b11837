package cli

import (
	"bytes"
	"io"
	"strings"
	stdsync "sync"
)

// A screen is an output that several goroutines write whole lines to. While bars
// are drawn on it, the lines go above them.
type screen struct {
	mu    stdsync.Mutex
	w     io.Writer
	above io.Writer                // set while bars are drawn
	stamp func(line string) string // what goes before each line; may be nil
}

func newScreen(w io.Writer) *screen { return &screen{w: w} }

// Write implements [io.Writer]; p is one or more whole lines.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.write(stamped(p, s.stamp)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *screen) write(p []byte) (int, error) {
	if s.above != nil {
		if n, err := s.above.Write(p); err == nil {
			return n, nil
		}
	}
	return s.w.Write(p)
}

// stamped returns lines with their stamps.
func stamped(p []byte, stamp func(string) string) []byte {
	if stamp == nil {
		return p
	}
	var b bytes.Buffer
	for line := range strings.Lines(string(p)) {
		b.WriteString(stamp(line))
		b.WriteString(line)
	}
	return b.Bytes()
}

// drawAbove sends further lines to w, or again to the output where w is nil.
func (s *screen) drawAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}

// stampWith puts something before every further line.
func (s *screen) stampWith(stamp func(line string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamp = stamp
}

// An unstamped writes to a screen lines that have the time already.
type unstamped struct{ *screen }

// Write implements [io.Writer].
func (u unstamped) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.write(p)
}
