package replicatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// A node is a file or directory. It does not know its name.
type node struct {
	kind     manifest.Kind
	id       uint64
	mode     uint16 // permission bits of a file
	content  []byte
	synced   bool // the content survives a crash
	mtime    time.Time
	changed  time.Time        // when content, time or name last changed
	children map[string]*node // by name, as it is spelled
	denied   string           // why a directory cannot be read
	folds    *bool            // names of children that differ only in case are one
}

func (m *Memory) newNode(kind manifest.Kind) *node {
	m.nextID++
	now := m.now()
	n := &node{kind: kind, id: m.nextID, mode: 0o644, mtime: now, changed: now}
	if kind == manifest.Dir {
		n.children = make(map[string]*node)
		n.folds = &m.FoldsCase
	}
	return n
}

// now returns the time on this side. Without a clock it advances with every call.
func (m *Memory) now() time.Time {
	if m.Clock != nil {
		return m.Clock().Add(m.Skew)
	}
	m.ticks += time.Second
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(m.ticks + m.Skew)
}

// child returns the entry in n whose name in NFC is the given one, in any case if n
// folds case, and that name as it is spelled.
func (n *node) child(name string) (string, *node) {
	if c := n.children[name]; c != nil {
		return name, c
	}
	for spelled, c := range n.children {
		if same := norm.NFC.String(spelled); same == name || *n.folds && strings.EqualFold(same, norm.NFC.String(name)) {
			return spelled, c
		}
	}
	return "", nil
}

// put sets the child of that name. One that is there keeps its spelling.
func (n *node) put(name string, c *node) {
	if spelled, old := n.child(name); old != nil && *n.folds {
		name = spelled
	}
	n.children[name] = c
}

// remove removes the child of that name.
func (n *node) remove(name string) {
	if spelled, old := n.child(name); old != nil && *n.folds {
		name = spelled
	}
	delete(n.children, name)
}

// exact returns the child of exactly that name, or of that name in any case if n folds
// case.
func (n *node) exact(name string) *node {
	if *n.folds {
		_, c := n.child(name)
		return c
	}
	return n.children[name]
}

// find returns the node at p, or nil. The caller holds m.mu.
func (m *Memory) find(p manifest.Path) *node {
	n := m.root
	if p == manifest.Root {
		return n
	}
	for name := range strings.SplitSeq(string(p), "/") {
		if n == nil {
			return nil
		}
		_, n = n.child(name)
	}
	return n
}

// spelled returns p as the side spells it. Components that do not exist are spelled
// as in p.
func (m *Memory) spelled(p manifest.Path) string {
	var parts []string
	n := m.root
	for name := range strings.SplitSeq(string(p), "/") {
		if n != nil {
			var there string
			if there, n = n.child(name); n != nil {
				name = there
			}
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, "/")
}

// entryAt returns what the side shows of p.
func (m *Memory) entryAt(p manifest.Path) manifest.Entry {
	parent := m.find(p.Parent())
	if p == manifest.Root || parent == nil {
		return m.entry(m.find(p), p.Base(), p.Base())
	}
	spelled, n := parent.child(p.Base())
	return m.entry(n, p.Base(), spelled)
}

// entry returns what the side shows of n. base is the last component of its path,
// and spelled its name as it is spelled on the side.
func (m *Memory) entry(n *node, base, spelled string) manifest.Entry {
	if n == nil {
		return manifest.Entry{}
	}
	e := manifest.Entry{Kind: n.kind, Precision: m.Precision}
	if spelled != base && norm.NFC.String(spelled) == base {
		e.Name = spelled
	}
	if !m.NoIDs {
		e.ID = n.id
	}
	if n.kind == manifest.File {
		e.Size = int64(len(n.content))
		if m.Modes {
			e.SetMode(n.mode)
		}
		if m.ChangeTimes {
			e.Changed = n.changed.UnixNano()
		}
	}
	if step := int64(m.Precision.Duration()); step > 0 {
		at := n.mtime.UnixNano()
		e.ModTime = at - ((at%step)+step)%step
	}
	return e
}

// at returns the node at a path as the side spells it, or nil. The caller holds m.mu.
func (m *Memory) at(path string) *node {
	n := m.root
	if path == "" {
		return n
	}
	for name := range strings.SplitSeq(path, "/") {
		if n == nil {
			return nil
		}
		n = n.exact(name)
	}
	return n
}

// dirAt returns the directory at path. It makes that and its parents if they are
// missing.
func (m *Memory) dirAt(path string) *node {
	if m.root == nil {
		m.root = m.newNode(manifest.Dir)
	}
	n := m.root
	if path == "" {
		return n
	}
	for name := range strings.SplitSeq(path, "/") {
		c := n.exact(name)
		if c == nil || c.kind != manifest.Dir {
			c = m.newNode(manifest.Dir)
			n.put(name, c)
		}
		n = c
	}
	return n
}

func split(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

// Write writes a file in place and makes its missing parents, as somebody else
// would. The zero mtime stands for the time of the side's clock.
func (m *Memory) Write(path, content string, mtime time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, name := split(path)
	parent := m.dirAt(dir)
	n := parent.exact(name)
	if n == nil || n.kind != manifest.File {
		n = m.newNode(manifest.File)
		parent.put(name, n)
	}
	if mtime.IsZero() {
		mtime = m.now()
	}
	n.content, n.mtime, n.synced = []byte(content), mtime, true
	n.changed = m.now()
}

// Chmod gives a file other permission bits, as somebody else would.
func (m *Memory) Chmod(path string, mode uint16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.at(path)
	if n == nil || n.kind != manifest.File {
		panic(fmt.Sprintf("no file at %q", path))
	}
	n.mode, n.changed = mode, m.now()
}

// Reuse removes the file at from and writes another one at to, as somebody else
// would. Like some disks and builds, it gives the new file the identity and the time
// of the old one. It panics if there is no file at from.
func (m *Memory) Reuse(from, to, content string) {
	m.mu.Lock()
	old := m.at(from)
	m.mu.Unlock()
	if old == nil || old.kind != manifest.File {
		panic(fmt.Sprintf("no file at %q", from))
	}
	m.Remove(from)
	m.Write(to, content, old.mtime)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(to).id = old.id
}

// Entry returns what the side shows at path.
func (m *Memory) Entry(path string) manifest.Entry { return m.entryNow(manifest.Path(path)) }

// EditKeepingTime writes a file in place and gives it its old time, as somebody else
// would. It panics if there is no file.
func (m *Memory) EditKeepingTime(path, content string) {
	m.mu.Lock()
	n := m.at(path)
	m.mu.Unlock()
	m.Write(path, content, n.mtime)
}

// Mkdir makes a directory and its missing parents, as somebody else would.
func (m *Memory) Mkdir(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dirAt(path)
}

// Special makes a special file, such as a link, as somebody else would.
func (m *Memory) Special(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, name := split(path)
	m.dirAt(dir).put(name, m.newNode(manifest.Other))
}

// Remove removes path and everything below it, as somebody else would.
func (m *Memory) Remove(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path == "" {
		m.root = nil
		return
	}
	dir, name := split(path)
	if parent := m.at(dir); parent != nil {
		parent.remove(name)
	}
}

// Rename renames from to to and replaces a file there, as somebody else would. It
// panics if from does not exist.
func (m *Memory) Rename(from, to string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.at(from)
	if n == nil {
		panic(fmt.Sprintf("nothing at %q", from))
	}
	dir, name := split(from)
	m.at(dir).remove(name)
	dir, name = split(to)
	m.dirAt(dir).put(name, n)
	n.changed = m.now()
}

// Deny makes a directory unreadable for the given reason. An empty reason makes it
// readable again.
func (m *Memory) Deny(path, why string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dirAt(path).denied = why
}

// Read returns the content of a file, and false if there is no file.
func (m *Memory) Read(path string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.at(path)
	if n == nil || n.kind != manifest.File {
		return "", false
	}
	return string(n.content), true
}

// List returns all paths, those of temporary files and the trash included. Paths of
// directories end in a slash.
func (m *Memory) List() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	if m.root != nil {
		all = m.root.list("", all)
	}
	return all
}

func (n *node) list(prefix string, all []string) []string {
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		c := n.children[name]
		if c.kind != manifest.Dir {
			all = append(all, prefix+name)
			continue
		}
		all = append(all, prefix+name+"/")
		all = c.list(prefix+name+"/", all)
	}
	return all
}

// Crash does what a power failure does after OnIO panicked: contents that were not
// synced are lost, and so is what the replica remembered.
func (m *Memory) Crash() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetTemps()
	if m.root != nil {
		m.root.crash()
	}
}

func (n *node) crash() {
	if n.kind == manifest.File && !n.synced {
		n.content = nil
	}
	for _, c := range n.children {
		c.crash()
	}
}

func (m *Memory) forgetTemps() {
	m.busy = make(map[*node]bool)
	m.temps = make(map[manifest.Path][]*node)
}
