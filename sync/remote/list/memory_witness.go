package list

import (
	"strings"

	"ferry/internal/ftp"
	"ferry/sync/remote/names"
)

// noteWitnesses keeps the first files, by name, that the listing of dir shows.
func (m *Memory) noteWitnesses(dir string, l *Listing) {
	first, inSpaced := make(map[bool]names.Place), ftp.HasSpace(dir)
	for _, one := range l.Entries {
		at, spaced := names.Place{Dir: dir, Name: one.Name}, inSpaced || ftp.HasSpace(one.Name)
		if now := first[spaced]; one.Entry.IsFile() && (now == (names.Place{}) || at.Name < now.Name) && isWitness(at) {
			first[spaced] = at
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.witnesses == nil {
		m.witnesses = make(map[bool]names.Place)
	}
	for spaced, at := range first {
		m.witnesses[spaced] = at
	}
}

// Witness returns the witness for paths with or without a space, the zero place where there
// is none.
func (m *Memory) Witness(spaced bool) names.Place {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.witnesses[spaced]
}

// isWitness reports whether the server must tell of the file at a place when it is asked for
// it alone. Servers may refuse names that begin with a dot.
func isWitness(at names.Place) bool {
	return !strings.HasPrefix(at.Name, ".") && !MayMask(at.Name) && names.CheckPath(at.String()) == nil
}

// MayMask reports whether a server may show name in place of another one.
func MayMask(name string) bool { return strings.ContainsAny(name, "?\uFFFD") }
