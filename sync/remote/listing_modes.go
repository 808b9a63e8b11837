package remote

import (
	"strings"
)

// dirModes are the permission bits of the files in one directory. Most files in a
// directory have the same, so only the others take memory.
type dirModes struct {
	usual  uint16 // 0: not told
	others map[string]uint16
}

// modesIn returns the modes of the files in a listing.
func modesIn(l *dirListing) dirModes {
	var m dirModes
	count := make(map[uint16]int)
	for _, one := range l.entries {
		if one.entry.IsFile() {
			if count[one.mode]++; count[one.mode] > count[m.usual] {
				m.usual = one.mode
			}
		}
	}
	for _, one := range l.entries {
		if one.entry.IsFile() && one.mode != m.usual {
			if m.others == nil {
				m.others = make(map[string]uint16)
			}
			m.others[strings.Clone(one.name)] = one.mode // a part of the name would keep the whole listing
		}
	}
	return m
}

// of returns the mode of the file called name, which must be in the listing.
func (m dirModes) of(name string) uint16 {
	if mode, ok := m.others[name]; ok {
		return mode
	}
	return m.usual
}
