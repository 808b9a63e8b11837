package cli

import (
	"io"
	stdsync "sync"
)

// A screen is an output that several goroutines write whole lines to. While bars
// are drawn on it, the lines go above them.
type screen struct {
	mu    stdsync.Mutex
	w     io.Writer
	above io.Writer // set while bars are drawn
}

func newScreen(w io.Writer) *screen { return &screen{w: w} }

// Write implements [io.Writer]; p is one or more whole lines.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.above != nil {
		if n, err := s.above.Write(p); err == nil {
			return n, nil
		}
	}
	return s.w.Write(p)
}

// drawAbove sends further lines to w, or again to the output where w is nil.
func (s *screen) drawAbove(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above = w
}
