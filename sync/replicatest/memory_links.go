package replicatest

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// Link makes a symbolic link, as somebody else would.
func (m *Memory) Link(path, target string) {
	m.Special(path)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(path).content = []byte(target)
}

// Target returns what the link at a path leads to, "" if there is none.
func (m *Memory) Target(path string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := m.at(path); n != nil && n.kind == manifest.Other {
		return string(n.content)
	}
	return ""
}

// Links implements [sync.Replica].
func (m *Memory) Links(_ context.Context, paths []manifest.Path) (targets []string, makes bool, err error) {
	for _, p := range paths {
		targets = append(targets, m.Target(string(p)))
	}
	return targets, !m.NoLinks, nil
}

func (m *Memory) makeLink(ctx context.Context, s sync.Step) (manifest.Entry, error) {
	if m.NoLinks || m.RefusesLinks {
		return manifest.Entry{}, &sync.LinkError{Err: errors.New("no links here")}
	}
	err := m.change(ctx, "symlink", s.Path, func() error {
		dir, name := split(string(s.Path))
		parent := m.at(dir)
		if parent == nil || parent.kind != manifest.Dir {
			return fmt.Errorf("no directory %q", dir)
		}
		if _, old := parent.child(name); old != nil {
			return sync.ErrChanged
		}
		n := m.newNode(manifest.Other)
		n.content = []byte(s.Target)
		parent.put(name, n)
		return nil
	}, func() bool { return m.entryAt(s.Path).Kind == manifest.Other })
	if err != nil {
		return manifest.Entry{}, err
	}
	return m.entryNow(s.Path), nil
}
