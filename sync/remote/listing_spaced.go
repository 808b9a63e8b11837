package remote

import (
	"ferry/internal/ftp"
)

// maxSpaced is how many files with a space in their paths are remembered. A few are enough
// to find out whether a server refuses such paths.
const maxSpaced = 10_000

// noteSpaced notes that a file is at a place, if its path has a space: a listing shows it,
// or it was just written.
func (m *listingMemory) noteSpaced(at place) {
	if !ftp.HasSpace(at.String()) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spaced == nil {
		m.spaced = make(map[place]bool)
	}
	if len(m.spaced) < maxSpaced {
		m.spaced[at] = true
	}
}

func (m *listingMemory) showsSpaced(at place) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spaced[at]
}
