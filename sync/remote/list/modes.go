package list

import (
	"strings"
)

// Modes are the permission bits of the files in one directory. Most files in a
// directory have the same, so only the others take memory.
type Modes struct {
	usual  uint16 // 0: not told
	others map[string]uint16
}

// Modes returns the modes of the files in the listing.
func (l *Listing) Modes() Modes {
	var m Modes
	count := make(map[uint16]int)
	for _, one := range l.Entries {
		if one.Entry.IsFile() {
			if count[one.Mode]++; count[one.Mode] > count[m.usual] {
				m.usual = one.Mode
			}
		}
	}
	for _, one := range l.Entries {
		if one.Entry.IsFile() && one.Mode != m.usual {
			if m.others == nil {
				m.others = make(map[string]uint16)
			}
			m.others[strings.Clone(one.Name)] = one.Mode // a part of the name would keep the whole listing
		}
	}
	return m
}

// Of returns the mode of the file called name, which must be in the listing.
func (m Modes) Of(name string) uint16 {
	if mode, ok := m.others[name]; ok {
		return mode
	}
	return m.usual
}
