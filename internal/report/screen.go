package report

import (
	"bytes"
	"io"
	"strings"
	stdsync "sync"
)

// A Screen is an output that several goroutines write whole lines to. While bars
// are drawn on it, the lines go above them.
type Screen struct {
	mu    stdsync.Mutex
	w     io.Writer
	above io.Writer                // writes above the bars; nil: there are none
	stamp func(line string) string // what goes before each line; may be nil
}

// NewScreen returns a screen that writes to w.
func NewScreen(w io.Writer) *Screen { return &Screen{w: w} }

// Write implements [io.Writer]; p is one or more whole lines.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.write(stamped(p, s.stamp)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *Screen) write(p []byte) (int, error) {
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

// drawAbove sends lines to w from now on, or to the output again if w is nil.
func (s *Screen) drawAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}

// StampWith puts what stamp returns before each line from now on.
func (s *Screen) StampWith(stamp func(line string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamp = stamp
}

// Unstamped writes lines to a screen that have the time in them already.
type Unstamped struct{ *Screen }

// Write implements [io.Writer].
func (u Unstamped) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.write(p)
}
