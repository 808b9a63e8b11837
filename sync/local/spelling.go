package local

import (
	"strings"
	stdsync "sync"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// spellings remembers the names on disk that are not spelled as in their paths,
// which is in NFC. Most trees have none.
type spellings struct {
	mu  stdsync.RWMutex
	odd map[manifest.Path]string
}

// note records how the last component of p is spelled; "" is as in p.
func (s *spellings) note(p manifest.Path, name string) {
	s.mu.RLock()
	known := s.odd[p]
	s.mu.RUnlock()
	if known == name {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "" {
		delete(s.odd, p)
		return
	}
	if s.odd == nil {
		s.odd = make(map[manifest.Path]string)
	}
	s.odd[p] = name
}

// newName returns the name under which p is made, which is spelled as wanted if
// that is a spelling of its last component at all.
func newName(p manifest.Path, want manifest.Entry) string {
	if norm.NFC.String(want.Name) == p.Base() {
		return want.Name
	}
	return p.Base()
}

// existing returns the name of what is expected at p as it is spelled on disk.
func (s *spellings) existing(p manifest.Path, e manifest.Entry) string {
	if norm.NFC.String(e.Name) == p.Base() {
		return e.Name
	}
	return s.name(p)
}

// rename moves what is known at and below from to to.
func (s *spellings) rename(from, to manifest.Path, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := make(map[manifest.Path]string)
	for p, spelled := range s.odd {
		if p.Within(from) {
			delete(s.odd, p)
			if p != from {
				moved[p.Rebase(from, to)] = spelled
			}
		}
	}
	if name != "" {
		moved[to] = name
	}
	for p, spelled := range moved {
		if s.odd == nil {
			s.odd = make(map[manifest.Path]string)
		}
		s.odd[p] = spelled
	}
}

func (s *spellings) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odd = nil
}

// disk returns p as it is spelled on disk, as far as is known.
func (s *spellings) disk(p manifest.Path) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.odd) == 0 {
		return string(p)
	}
	parts := strings.Split(string(p), "/")
	for at := p; at != manifest.Root; at = at.Parent() {
		if name, ok := s.odd[at]; ok {
			parts[strings.Count(string(at), "/")] = name
		}
	}
	return strings.Join(parts, "/")
}

// name returns the last component of p as it is spelled on disk.
func (s *spellings) name(p manifest.Path) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if name, ok := s.odd[p]; ok {
		return name
	}
	return p.Base()
}
