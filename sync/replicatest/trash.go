package replicatest

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// toTrash renames the file at p into the trash and returns its name there.
func (m *Memory) toTrash(ctx context.Context, p manifest.Path, was manifest.Entry) (string, error) {
	to, err := m.trashDir(ctx, p)
	if err != nil {
		return "", err
	}
	return to, m.capture(ctx, "trash", p, to, was)
}

// capture renames the file at p to to, looks whether what went there is what
// was expected, and puts it back if not.
func (m *Memory) capture(ctx context.Context, op string, p manifest.Path, to string, was manifest.Entry) error {
	old := m.nodeNow(p)
	err := m.change(ctx, op, p, func() error {
		old = m.find(p)
		return m.relocate(p, to)
	}, func() bool { return m.at(to) == old && m.find(p) == nil })
	if err != nil {
		return err
	}
	if err = m.io(ctx, "look", p); err == nil {
		m.mu.Lock()
		err = same(p, was, m.entry(m.at(to), "", ""))
		m.mu.Unlock()
	}
	if err != nil {
		err = errors.Join(err, m.bringBack(ctx, to, p, was.Spelled(p)))
	}
	return err
}

// nodeAt returns the node at a path as the side spells it, or nil; nil for "".
func (m *Memory) nodeAt(path string) *node {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path == "" {
		return nil
	}
	return m.at(path)
}

func (m *Memory) nodeNow(p manifest.Path) *node {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(p)
}

// place gives n the name path, as the side spells it.
func (m *Memory) place(path string, n *node) {
	dir, name := split(path)
	m.dirAt(dir).children[name] = n
}

// trashDir makes the directory in the trash for p and returns the path that p
// will have there.
func (m *Memory) trashDir(ctx context.Context, p manifest.Path) (string, error) {
	m.mu.Lock()
	stamp := m.now().Format("20060102-150405")
	m.mu.Unlock()
	var to string
	err := m.change(ctx, "mkdir", p, func() error {
		at := m.spelled(p)
		to = manifest.Own + "/trash/" + stamp + "/" + at
		for n := 2; m.at(to) != nil; n++ {
			to = fmt.Sprintf("%s/trash/%s-%d/%s", manifest.Own, stamp, n, at)
		}
		dir, _ := split(to)
		m.dirAt(dir)
		return nil
	}, func() bool { return to != "" })
	return to, err
}

// linkToTrash gives the file at p a second name in the trash, and returns that.
func (m *Memory) linkToTrash(ctx context.Context, p manifest.Path) (string, error) {
	to, err := m.trashDir(ctx, p)
	if err != nil {
		return "", err
	}
	return to, m.change(ctx, "link", p, func() error {
		n := m.find(p)
		if n == nil || n.kind != manifest.File {
			return fmt.Errorf("no file any more: %w", sync.ErrChanged)
		}
		m.place(to, n)
		return nil
	}, func() bool { return m.at(to) != nil })
}

// relocate gives the file at p the name to instead.
func (m *Memory) relocate(p manifest.Path, to string) error {
	parent, err := m.parent(p)
	if err != nil {
		return err
	}
	name, n := parent.child(p.Base())
	if n == nil || n.kind != manifest.File {
		return fmt.Errorf("no file any more: %w", sync.ErrChanged)
	}
	delete(parent.children, name)
	m.place(to, n)
	return nil
}

// bringBack undoes a relocate, unless somebody has taken the name.
func (m *Memory) bringBack(ctx context.Context, from string, p manifest.Path, name string) error {
	return m.change(ctx, "rename", p, func() error {
		parent, err := m.parent(p)
		if err != nil {
			return err
		}
		n := m.at(from)
		if n == nil || m.find(p) != nil {
			return nil
		}
		dir, old := split(from)
		delete(m.at(dir).children, old)
		parent.children[name] = n
		return nil
	}, func() bool { return m.find(p) != nil })
}
