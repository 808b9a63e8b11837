package local

import (
	"strings"
	stdsync "sync"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// spellings holds the names on disk that are not spelled as in their paths. Paths
// are in Unicode normal form NFC. Most trees have no such names.
type spellings struct {
	mu     stdsync.RWMutex
	byPath map[manifest.Path]string
}

// set records how the last component of p is spelled. "" means as in p.
func (s *spellings) set(p manifest.Path, name string) {
	s.mu.RLock()
	known := s.byPath[p]
	s.mu.RUnlock()
	if known == name {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "" {
		delete(s.byPath, p)
		return
	}
	if s.byPath == nil {
		s.byPath = make(map[manifest.Path]string)
	}
	s.byPath[p] = name
}

// newName returns the name that a new entry at p gets. It is spelled as in want if
// that is a spelling of the last component of p.
func newName(p manifest.Path, want manifest.Entry) string {
	if norm.NFC.String(want.Name) == p.Base() {
		return want.Name
	}
	return p.Base()
}

// expectedName returns the name of the expected entry e at p, as it is spelled on
// disk.
func (s *spellings) expectedName(p manifest.Path, e manifest.Entry) string {
	if norm.NFC.String(e.Name) == p.Base() {
		return e.Name
	}
	return s.diskName(p)
}

// rename moves the spellings below from to to, and records name as the spelling of
// to.
func (s *spellings) rename(from, to manifest.Path, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := make(map[manifest.Path]string)
	for p, spelled := range s.byPath {
		if p.Within(from) {
			delete(s.byPath, p)
			if p != from {
				moved[p.Rebase(from, to)] = spelled
			}
		}
	}
	if name != "" {
		moved[to] = name
	}
	for p, spelled := range moved {
		if s.byPath == nil {
			s.byPath = make(map[manifest.Path]string)
		}
		s.byPath[p] = spelled
	}
}

func (s *spellings) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byPath = nil
}

// diskPath returns p as it is spelled on disk, as far as that is known.
func (s *spellings) diskPath(p manifest.Path) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.byPath) == 0 {
		return string(p)
	}
	parts := strings.Split(string(p), "/")
	for at := p; at != manifest.Root; at = at.Parent() {
		if name, ok := s.byPath[at]; ok {
			parts[strings.Count(string(at), "/")] = name
		}
	}
	return strings.Join(parts, "/")
}

// diskName returns the last component of p as it is spelled on disk, as far as
// that is known.
func (s *spellings) diskName(p manifest.Path) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if name, ok := s.byPath[p]; ok {
		return name
	}
	return p.Base()
}
