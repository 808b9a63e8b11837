package list

import (
	stdsync "sync"

	"ferry/manifest"
	"ferry/sync/remote/names"
)

// A Memory remembers what listings showed and questions by name do not tell.
// Its methods may be called from several goroutines.
type Memory struct {
	mu stdsync.Mutex
	// special are the links, devices and the like, by directory as in [names.Place].
	// Asked for such a name alone, servers speak of what it leads to.
	special map[string]map[string]bool
	// modes are the permission bits of files, by directory.
	modes map[string]Modes
	// spaced are files whose paths have a space, for servers that refuse such paths.
	spaced map[names.Place]bool
	// witnesses are files that the last listings showed: one whose path has no space, and
	// one whose path has. See [Memory.Witness].
	witnesses map[bool]names.Place
	// masking are the directories that show names which stand for others.
	masking map[manifest.Path]bool
}

// Learn notes which names a listing of dir showed as special files, and the modes of the
// others.
func (m *Memory) Learn(dir string, l *Listing) {
	found := make(map[string]bool)
	for _, one := range l.Entries {
		if one.Entry.Kind == manifest.Other {
			found[one.Name] = true
		}
		if one.Entry.IsFile() {
			m.NoteSpaced(names.Place{Dir: dir, Name: one.Name})
		}
	}
	m.noteWitnesses(dir, l)
	modes := l.Modes()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.modes == nil {
		m.modes = make(map[string]Modes)
	}
	m.modes[dir] = modes
	delete(m.special, dir)
	if len(found) == 0 {
		return
	}
	if m.special == nil {
		m.special = make(map[string]map[string]bool)
	}
	m.special[dir] = found
}

// IsSpecial reports whether the last listing showed a special file at a place.
func (m *Memory) IsSpecial(at names.Place) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.special[at.Dir][at.Name]
}

// Mode returns the mode of the file at a place, or 0 if the last listing did not tell.
func (m *Memory) Mode(at names.Place) uint16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.modes[at.Dir].Of(at.Name)
}

// SetMasking notes whether the listing of dir showed names that stand for others.
func (m *Memory) SetMasking(dir manifest.Path, masking bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !masking {
		delete(m.masking, dir)
		return
	}
	if m.masking == nil {
		m.masking = make(map[manifest.Path]bool)
	}
	m.masking[dir] = true
}

func (m *Memory) IsMasking(dir manifest.Path) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.masking[dir]
}
