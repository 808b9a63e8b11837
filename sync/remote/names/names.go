// Package names knows where on the server the paths of a pair are.
package names

import (
	"path"
	"strings"
	stdsync "sync"

	"ferry/manifest"
)

// Names turns paths into names on the server. It remembers the names that the server
// spells in another way than the path does. Its methods may be called from several
// goroutines.
type Names struct {
	Root string // absolute, without a slash at the end: "" is the server's own root

	mu      stdsync.RWMutex
	spelled map[manifest.Path]string // last component, where it differs
}

// Set notes how the last component of p is spelled.
func (n *Names) Set(p manifest.Path, name string) {
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

// Has reports whether a spelling of p is noted.
func (n *Names) Has(p manifest.Path) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	_, ok := n.spelled[p]
	return ok
}

// Moved notes that what was at from is now at to, spelled name.
func (n *Names) Moved(from, to manifest.Path, name string) {
	n.mu.Lock()
	delete(n.spelled, from)
	for p, spelled := range n.spelled {
		if p.Below(from) {
			delete(n.spelled, p)
			n.spelled[p.Rebase(from, to)] = spelled
		}
	}
	n.mu.Unlock()
	n.Set(to, name)
}

// Below returns the path of p on the server, relative to the root.
func (n *Names) Below(p manifest.Path) string {
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

// Dir returns the absolute path of directory p, "/" for the server's own root.
func (n *Names) Dir(p manifest.Path) string {
	if p == manifest.Root {
		return n.Root + "/"[min(len(n.Root), 1):]
	}
	return n.Root + "/" + n.Below(p)
}

// Place returns where p is on the server, its last component spelled name.
func (n *Names) Place(p manifest.Path, name string) Place {
	at := Place{Dir: n.Root, Name: name}
	if parent := p.Parent(); parent != manifest.Root {
		at.Dir += "/" + n.Below(parent)
	}
	return at
}

// At returns where p is on the server, in the spelling of entry, or else in the one
// that a scan showed.
func (n *Names) At(p manifest.Path, entry manifest.Entry) Place {
	name := entry.Name
	if name == "" {
		name = path.Base(n.Below(p))
	}
	return n.Place(p, name)
}
