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

// Tidy implements [sync.Replica]. It removes temporary files that a scan saw and
// that are older than a day.
func (m *Memory) Tidy(ctx context.Context) error {
	m.mu.Lock()
	stale := maps.Clone(m.temps)
	before := m.now().Add(-oldTempAge)
	m.mu.Unlock()
	for _, dir := range slices.SortedFunc(maps.Keys(stale), manifest.Path.Compare) {
		for _, n := range stale[dir] {
			if !n.mtime.Before(before) || !m.isTemp(dir, n) {
				continue
			}
			if err := m.unlink(ctx, dir, n); err != nil {
				return fmt.Errorf("tidying %s: %w", dir, err)
			}
		}
	}
	return nil
}

// isTemp reports whether n still has the name of a temporary file in dir. A later
// Put may have resumed it and given it its real name.
func (m *Memory) isTemp(dir manifest.Path, n *node) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.find(dir)
	if d == nil {
		return false
	}
	_, temp := manifest.TempMark(d.nameOf(n))
	return temp
}
