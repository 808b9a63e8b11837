package remote

import (
	"path"
	"strings"
	stdsync "sync"

	"ferry/manifest"
)

// names turns paths into names on the server. It remembers the names that the server
// spells in another way than the path does. Its methods may be called from several
// goroutines.
type names struct {
	root string // absolute, without a slash at the end: "" is the server's own root

	mu      stdsync.RWMutex
	spelled map[manifest.Path]string // last component, where it differs
}

// set notes how the last component of p is spelled.
func (n *names) set(p manifest.Path, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if name == p.Base() {
		delete(n.spelled, p)
		return
	}
	if n.spelled == nil {
		n.spelled = make(map[manifest.Path]string)
	}
	n.spelled[p] = name
}

// has reports whether a spelling of p is noted.
func (n *names) has(p manifest.Path) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	_, ok := n.spelled[p]
	return ok
}

// moved notes that what was at from is now at to, spelled name.
func (n *names) moved(from, to manifest.Path, name string) {
	n.mu.Lock()
	delete(n.spelled, from)
	for p, spelled := range n.spelled {
		if p.Below(from) {
			delete(n.spelled, p)
			n.spelled[p.Rebase(from, to)] = spelled
		}
	}
	n.mu.Unlock()
	n.set(to, name)
}

// below returns the path of p on the server, relative to the root.
func (n *names) below(p manifest.Path) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if len(n.spelled) == 0 {
		return string(p)
	}
	parts := strings.Split(string(p), "/")
	for at := p; at != manifest.Root; at = at.Parent() {
		if name, ok := n.spelled[at]; ok {
			parts[strings.Count(string(at), "/")] = name
		}
	}
	return strings.Join(parts, "/")
}

// dir returns the absolute path of directory p, "/" for the server's own root.
func (n *names) dir(p manifest.Path) string {
	if p == manifest.Root {
		return n.root + "/"[min(len(n.root), 1):]
	}
	return n.root + "/" + n.below(p)
}

// place returns where p is on the server, its last component spelled name.
func (n *names) place(p manifest.Path, name string) place {
	at := place{dir: n.root, name: name}
	if parent := p.Parent(); parent != manifest.Root {
		at.dir += "/" + n.below(parent)
	}
	return at
}

// at returns where p is on the server, in the spelling of entry, or else in the one
// that a scan showed.
func (n *names) at(p manifest.Path, entry manifest.Entry) place {
	name := entry.Name
	if name == "" {
		name = path.Base(n.below(p))
	}
	return n.place(p, name)
}
