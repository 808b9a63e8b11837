package replicatest

import (
	"context"
	"errors"
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// Apply implements [sync.Replica].
func (m *Memory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	for i, s := range run {
		out := m.step(ctx, s)
		if out.Err != nil {
			out = sync.Outcome{Err: fmt.Errorf("%s %s: %w", s.Op, s.Path, out.Err), Bytes: out.Bytes}
			var ambiguous ambiguousError
			out.Ambiguous = errors.As(out.Err, &ambiguous)
		}
		done(i, out)
	}
}

func (m *Memory) step(ctx context.Context, s sync.Step) (out sync.Outcome) {
	if m.rootState().Kind == manifest.None {
		return sync.Outcome{Err: errNoRoot}
	}
	if err := checkStep(s); err != nil {
		return sync.Outcome{Err: err}
	}
	switch s.Op {
	case sync.Put:
		return m.put(ctx, s)
	case sync.MkDir:
		out.Entry, out.Err = m.mkdir(ctx, s)
	case sync.Move:
		out.Entry, out.Err = m.move(ctx, s)
	case sync.Remove:
		out.Err = m.remove(ctx, s)
	case sync.RmDir:
		out.Err = m.rmdir(ctx, s.Path)
	case sync.MakeLink:
		out.Entry, out.Err = m.makeLink(ctx, s)
	case sync.SetMode:
		out.Entry, out.Err = m.chmod(ctx, s)
	}
	return out
}

// checkStep returns an error for a step that no replica carries out: Put and
// Remove act on files only, and Move on files and directories only.
func checkStep(s sync.Step) error {
	switch e := s.Expect.Kind; {
	case (s.Op == sync.Put || s.Op == sync.Remove) && e != manifest.None && e != manifest.File,
		s.Op == sync.Move && e != manifest.File && e != manifest.Dir:
		return fmt.Errorf("%w: expecting %s", sync.ErrUnsupported, e)
	}
	return nil
}

// expect returns what is at p now. The error wraps [sync.ErrChanged] if that is not
// what was expected.
func (m *Memory) expect(ctx context.Context, p manifest.Path, want manifest.Entry) (manifest.Entry, error) {
	now, err := m.lookAt(ctx, "look", p)
	if err != nil {
		return now, err
	}
	return now, same(p, want, now)
}

// same returns an error that wraps [sync.ErrChanged] if now differs from was.
func same(p manifest.Path, was, now manifest.Entry) error {
	switch {
	case !manifest.Unchanged(was, now):
	case was.IsFile() && was.ID != 0 && now.ID != 0 && was.ID != now.ID:
	default:
		return nil
	}
	return fmt.Errorf("%s is a %s, expected %s: %w", p, now.Kind, was.Kind, sync.ErrChanged)
}

func (m *Memory) mkdir(ctx context.Context, s sync.Step) (manifest.Entry, error) {
	now, err := m.lookAt(ctx, "look", s.Path)
	if err != nil || now.IsDir() {
		return now, err
	}
	name := s.Want.Spelled(s.Path)
	err = m.change(ctx, "mkdir", s.Path, func() error {
		parent, err := m.parent(s.Path)
		if err != nil {
			return err
		}
		if _, n := parent.child(s.Path.Base()); n != nil {
			return fmt.Errorf("a %s is there: %w", n.kind, sync.ErrChanged)
		}
		parent.children[name] = m.newNode(manifest.Dir)
		return nil
	}, func() bool { return m.entryAt(s.Path).IsDir() })
	if err != nil {
		return manifest.Entry{}, err
	}
	return m.entryNow(s.Path), nil
}

func (m *Memory) entryNow(p manifest.Path) manifest.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entryAt(p)
}

// parent returns the directory that holds p.
func (m *Memory) parent(p manifest.Path) (*node, error) {
	n := m.find(p.Parent())
	switch {
	case n == nil || n.kind != manifest.Dir:
		return nil, fmt.Errorf("no directory at %q", p.Parent())
	case n.denied != "":
		return nil, errors.New(n.denied)
	}
	return n, nil
}

func (m *Memory) move(ctx context.Context, s sync.Step) (manifest.Entry, error) {
	was, err := m.expect(ctx, s.From, s.Expect)
	if err != nil {
		return manifest.Entry{}, err
	}
	if now, err := m.lookAt(ctx, "look", s.Path); err != nil {
		return manifest.Entry{}, err
	} else if now.Exists() && !s.Path.Within(s.From) && !m.isOne(s.From, s.Path) {
		return manifest.Entry{}, fmt.Errorf("a %s is there: %w", now.Kind, sync.ErrChanged)
	}
	name := s.Want.Spelled(s.Path)
	var moved *node
	err = m.change(ctx, "rename", s.Path, func() error {
		from, err := m.parent(s.From)
		if err != nil {
			return err
		}
		to, err := m.parent(s.Path)
		if err != nil {
			return err
		}
		old, n := from.child(s.From.Base())
		if n == nil || to.exact(name) != nil && to.exact(name) != n || s.Path.Below(s.From) {
			return fmt.Errorf("renaming %s: %w", s.From, sync.ErrChanged)
		}
		delete(from.children, old)
		to.children[name] = n
		n.changed = m.now()
		moved = n
		return nil
	}, func() bool {
		return moved != nil && m.find(s.Path) == moved && (m.find(s.From) == nil || m.find(s.From) == moved)
	})
	if err != nil {
		return manifest.Entry{}, err
	}
	if was.Changed != 0 {
		was.Changed = moved.changed.UnixNano()
	}
	was.Name = ""
	if name != s.Path.Base() {
		was.Name = name
	}
	return was, nil
}

// isOne reports whether two paths lead to one node.
func (m *Memory) isOne(p, q manifest.Path) bool { return m.nodeAtPath(p) == m.nodeAtPath(q) }

func (m *Memory) remove(ctx context.Context, s sync.Step) error {
	now, err := m.lookAt(ctx, "look", s.Path)
	if err != nil || !now.Exists() {
		return err
	}
	if err := same(s.Path, s.Expect, now); err != nil {
		return err
	}
	if s.Trash {
		_, err := m.toTrash(ctx, s.Path, s.Expect)
		return err
	}
	return m.change(ctx, "unlink", s.Path, func() error {
		if err := m.checkUnchanged(s.Path, s.Expect); err != nil {
			return err
		}
		return m.unlinkEntry(s.Path, manifest.File)
	}, func() bool { return m.find(s.Path) == nil })
}

// chmod sets the permission bits of a file.
func (m *Memory) chmod(ctx context.Context, s sync.Step) (manifest.Entry, error) {
	if _, err := m.expect(ctx, s.Path, s.Expect); err != nil {
		return manifest.Entry{}, err
	}
	err := m.change(ctx, "chmod", s.Path, func() error {
		n := m.find(s.Path)
		if n == nil || n.kind != manifest.File {
			return sync.ErrChanged
		}
		if !m.FixedModes {
			n.mode, n.changed = s.Want.Mode, m.now()
		}
		return nil
	}, func() bool { return m.entryAt(s.Path).Mode == s.Want.Mode })
	if err != nil {
		return manifest.Entry{}, err
	}
	now := m.entryNow(s.Path)
	if m.Server {
		now.Mode = 0
	}
	return now, same(s.Path, s.Expect, now)
}

// checkUnchanged is same for the moment of a change. A server has no such check.
func (m *Memory) checkUnchanged(p manifest.Path, was manifest.Entry) error {
	if m.Server {
		return nil
	}
	return same(p, was, m.entryAt(p))
}

// unlinkEntry removes the name of a node of the given kind.
func (m *Memory) unlinkEntry(p manifest.Path, kind manifest.Kind) error {
	parent, err := m.parent(p)
	if err != nil {
		return err
	}
	name, n := parent.child(p.Base())
	switch {
	case n == nil:
		return nil
	case n.kind != kind:
		return fmt.Errorf("a %s is there: %w", n.kind, sync.ErrChanged)
	case len(n.children) > 0:
		return errors.New("directory not empty")
	}
	delete(parent.children, name)
	return nil
}

func (m *Memory) rmdir(ctx context.Context, p manifest.Path) error {
	now, err := m.lookAt(ctx, "look", p)
	switch {
	case err != nil || !now.Exists():
		return err
	case !now.IsDir():
		return fmt.Errorf("a %s is there: %w", now.Kind, sync.ErrChanged)
	}
	for _, n := range m.onlyTemps(p) {
		if err := m.unlink(ctx, p, n); err != nil {
			return err
		}
	}
	return m.change(ctx, "rmdir", p, func() error {
		return m.unlinkEntry(p, manifest.Dir)
	}, func() bool { return m.find(p) == nil })
}
