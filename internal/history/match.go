package history

import (
	"ferry/manifest"
	"ferry/sync"
)

// A PathFilter finds what happened to some paths and all that is below them. It is given the
// lines of one pair, the newest first, and follows renames back to the old names.
type PathFilter struct{ paths []manifest.Path }

// NewPathFilter returns a filter for a path; the root is everything.
func NewPathFilter(path manifest.Path) *PathFilter {
	return &PathFilter{paths: []manifest.Path{path}}
}

// Match reports whether a line is about one of the paths.
func (f *PathFilter) Match(l *Line) bool {
	if l.Action == nil {
		return false
	}
	at, was := l.At(), l.Was()
	found := false
	for _, p := range f.paths { // range over what there is now: the old names are added behind
		moved := was != manifest.Root
		above := moved || l.Op == sync.Rmdir || l.Op == sync.Delete // what happens to a directory above it counts
		found = found || at.Within(p) || moved && was.Within(p) || above && p.Within(at) || moved && p.Within(was)
		if old, ok := oldName(l, p, at, was); ok {
			f.add(old)
		}
	}
	return found
}

// oldName returns the name that p had before the rename of l.
func oldName(l *Line, p, at, was manifest.Path) (manifest.Path, bool) {
	if l.Op != sync.Rename && l.Op != sync.SetAside || l.Error != "" || was == manifest.Root || p == manifest.Root || !p.Within(at) {
		return "", false
	}
	return was + p[len(at):], true
}

func (f *PathFilter) add(path manifest.Path) {
	for _, p := range f.paths {
		if path.Within(p) {
			return
		}
	}
	f.paths = append(f.paths, path)
}
