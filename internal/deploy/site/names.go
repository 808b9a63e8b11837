package site

import (
	"strings"
	stdsync "sync"

	"ferry/manifest"
)

// names remembers the names of directories that the server spells in another way than a
// path does. Its methods may be called from several goroutines.
type names struct {
	mu   stdsync.RWMutex
	dirs map[manifest.Path]string // last component, where it differs
}

// set notes how the last component of directory p is spelled.
func (n *names) set(p manifest.Path, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name == "" || name == p.Base() {
		delete(n.dirs, p)
		return
	}
	if n.dirs == nil {
		n.dirs = make(map[manifest.Path]string)
	}
	n.dirs[p] = name
}

// spelled returns the path on the server, relative to the site, of a path whose last
// component is as the server spells it already.
func (n *names) spelled(path string) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if len(n.dirs) == 0 {
		return path
	}
	parts := strings.Split(path, "/")
	at := manifest.Root
	for i, name := range parts[:len(parts)-1] {
		at = at.Join(name)
		if other, ok := n.dirs[at]; ok {
			parts[i] = other
		}
	}
	return strings.Join(parts, "/")
}

// dir returns the path on the server, relative to the site, of directory p.
func (n *names) dir(p manifest.Path) string {
	if p == manifest.Root {
		return ""
	}
	path := n.spelled(string(p))
	n.mu.RLock()
	defer n.mu.RUnlock()
	if other, ok := n.dirs[p]; ok {
		return strings.TrimSuffix(path, p.Base()) + other
	}
	return path
}
