package replicatest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ferry/manifest"
	"ferry/sync"
)

// Scan implements [sync.Replica].
func (m *Memory) Scan(ctx context.Context, look sync.Look) (*manifest.Tree, error) {
	if m.rootState().Kind == manifest.None {
		return nil, errNoRoot
	}
	var b manifest.Builder
	dirs := look.Dirs
	if dirs == nil {
		dirs = []manifest.Path{manifest.Root}
	}
	for _, dir := range dirs {
		if err := m.scanDir(ctx, &b, dir, look); err != nil {
			return nil, err
		}
	}
	return b.Tree(), nil
}

// scanDir adds the entries of dir, and everything below it unless single
// directories are asked for.
func (m *Memory) scanDir(ctx context.Context, b *manifest.Builder, dir manifest.Path, look sync.Look) error {
	if err := m.io(ctx, "list", dir); err != nil {
		if context.Cause(ctx) != nil || dir == manifest.Root {
			return err
		}
		b.Unknown(dir, err.Error())
		return nil
	}
	var below []manifest.Path
	m.mu.Lock()
	n := m.find(dir)
	switch {
	case n == nil || n.kind != manifest.Dir:
	case n.denied != "":
		b.Unknown(dir, n.denied)
	default:
		below = m.addEntries(b, dir, n, look)
	}
	m.mu.Unlock()
	if look.Dirs != nil {
		return nil
	}
	for _, sub := range below {
		if err := m.scanDir(ctx, b, sub, look); err != nil {
			return err
		}
	}
	return nil
}

// addEntries adds the entries of n, the directory at dir, and returns those that
// are directories.
func (m *Memory) addEntries(b *manifest.Builder, dir manifest.Path, n *node, look sync.Look) (below []manifest.Path) {
	names := slices.Sorted(maps.Keys(n.children))
	if m.AlterListing != nil {
		names = m.AlterListing(dir, names)
	}
	delete(m.temps, dir)
	for _, name := range names {
		c := n.children[name]
		if c == nil {
			continue // AlterListing made it up
		}
		if manifest.IsOwn(dir, name) {
			if c.kind == manifest.File {
				m.temps[dir] = append(m.temps[dir], c)
			}
			continue
		}
		p, err := dir.Child(name)
		if err != nil {
			b.Skip(dir, name, err.Error())
			continue
		}
		if look.Ignores(p, c.kind == manifest.Dir) {
			b.Hold(dir)
			continue
		}
		b.Add(p, m.entry(c, p.Base(), name))
		if c.kind == manifest.Dir {
			below = append(below, p)
		}
	}
	return below
}

// Leftovers implements [sync.Replica].
func (m *Memory) Leftovers() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.noted)+len(m.temps) > 0
}

// Sweep implements [sync.Replica].
func (m *Memory) Sweep(ctx context.Context, s sync.Sweep) error {
	pending := make(map[string]bool)
	for w := range s.Writes() {
		pending[fingerprint(w.Path, w.Entry)] = true
	}
	m.mu.Lock()
	dirs := maps.Clone(m.noted)
	for dir := range m.temps {
		dirs[dir] = true
	}
	m.mu.Unlock()
	for _, dir := range slices.SortedFunc(maps.Keys(dirs), manifest.Path.Compare) {
		for _, n := range m.leftIn(dir, pending, s) {
			if err := m.unlink(ctx, dir, n); err != nil {
				return fmt.Errorf("sweeping %s: %w", dir, err)
			}
		}
	}
	return nil
}

// leftIn returns the temporaries in dir that may go.
func (m *Memory) leftIn(dir manifest.Path, pending map[string]bool, s sync.Sweep) (gone []*node) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.find(dir)
	if d == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(d.children)) {
		mark, temp := manifest.TempMark(name)
		if !temp {
			continue
		}
		own := manifest.TempIsFrom(mark, m.Owner)
		if m.mayRemove(name, d.children[name]) && (own && !pending[mark[:len(noFingerprint)]] || !own && s.Others) {
			gone = append(gone, d.children[name])
		}
	}
	return gone
}

// Tidy implements [sync.Replica].
func (m *Memory) Tidy(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.temps)
	for dir := range m.noted {
		d := m.find(dir)
		if d == nil || !slices.ContainsFunc(slices.Collect(maps.Keys(d.children)), func(name string) bool {
			_, temp := manifest.TempMark(name)
			return temp
		}) {
			delete(m.noted, dir)
		}
	}
	return nil
}
