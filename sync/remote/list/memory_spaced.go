package list

import (
	"ferry/internal/ftp"
	"ferry/sync/remote/names"
)

// maxSpaced is how many files with a space in their paths are remembered. A few are enough
// to find out whether a server refuses such paths.
const maxSpaced = 10_000

// NoteSpaced notes that a file is at a place, if its path has a space: a listing shows it,
// or it was just written.
func (m *Memory) NoteSpaced(at names.Place) {
	if !ftp.HasSpace(at.String()) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.spaced == nil {
		m.spaced = make(map[names.Place]bool)
	}
	if len(m.spaced) < maxSpaced {
		m.spaced[at] = true
	}
}

func (m *Memory) ShowsSpaced(at names.Place) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spaced[at]
}
