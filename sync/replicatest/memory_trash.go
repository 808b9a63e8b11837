package replicatest

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// toTrash renames the file at p into the trash and returns its path there.
func (m *Memory) toTrash(ctx context.Context, p manifest.Path, was manifest.Entry) (string, error) {
	to, err := m.trashDir(ctx, p)
	if err != nil {
		return "", err
	}
	return to, m.renameChecked(ctx, "trash", p, to, was)
}

// renameChecked renames the file at p to to, checks whether the renamed file is
// what was expected, and renames it back if not.
func (m *Memory) renameChecked(ctx context.Context, op string, p manifest.Path, to string, was manifest.Entry) error {
	old := m.nodeAtPath(p)
	err := m.change(ctx, op, p, func() error {
		old = m.find(p)
		return m.renameNode(p, to)
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
		err = errors.Join(err, m.renameBack(ctx, to, p, was.Spelled(p)))
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

func (m *Memory) nodeAtPath(p manifest.Path) *node {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(p)
}

// putNode puts n at a path as the side spells it.
func (m *Memory) putNode(path string, n *node) {
	dir, name := split(path)
	m.dirAt(dir).children[name] = n
}

// trashDir makes the directory for p in the trash and returns the path that the
// file will have there.
func (m *Memory) trashDir(ctx context.Context, p manifest.Path) (string, error) {
	m.mu.Lock()
	stamp := trashbin.Stamp(m.now())
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

// linkToTrash links the file at p into the trash and returns its path there.
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
		m.putNode(to, n)
		return nil
	}, func() bool { return m.at(to) != nil })
}

// renameNode moves the file at p to the path to, as the side spells it.
func (m *Memory) renameNode(p manifest.Path, to string) error {
	parent, err := m.parent(p)
	if err != nil {
		return err
	}
	name, n := parent.child(p.Base())
	if n == nil || n.kind != manifest.File {
		return fmt.Errorf("no file any more: %w", sync.ErrChanged)
	}
	delete(parent.children, name)
	m.putNode(to, n)
	return nil
}

// renameBack undoes renameNode, unless the name was taken meanwhile.
func (m *Memory) renameBack(ctx context.Context, from string, p manifest.Path, name string) error {
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
