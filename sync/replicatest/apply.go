package replicatest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// tidyAfter is the age from which a temporary belongs to nobody.
const tidyAfter = 24 * time.Hour

// Apply implements [sync.Replica].
func (m *Memory) Apply(ctx context.Context, run []sync.Step, done func(i int, out sync.Outcome)) {
	for i, s := range run {
		out := m.step(ctx, s)
		if out.Err != nil {
			out = sync.Outcome{Err: fmt.Errorf("%s %s: %w", s.Op, s.Path, out.Err), Bytes: out.Bytes}
			var open ambiguousError
			out.Ambiguous = errors.As(out.Err, &open)
		}
		done(i, out)
	}
}

func (m *Memory) step(ctx context.Context, s sync.Step) (out sync.Outcome) {
	if m.rootState().Kind == manifest.None {
		return sync.Outcome{Err: errNoRoot}
	}
	if err := sensible(s); err != nil {
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
	}
	return out
}

// sensible reports why s can be no step at all: a file is written over and
// removed in the place of a file, and special files are left alone.
func sensible(s sync.Step) error {
	switch e := s.Expect.Kind; {
	case (s.Op == sync.Put || s.Op == sync.Remove) && e != manifest.None && e != manifest.File,
		s.Op == sync.Move && e != manifest.File && e != manifest.Dir:
		return fmt.Errorf("%w: expecting %s", sync.ErrUnsupported, e)
	}
	return nil
}

// expect looks whether p is what was expected.
func (m *Memory) expect(ctx context.Context, p manifest.Path, want manifest.Entry) (manifest.Entry, error) {
	now, err := m.lookAt(ctx, "look", p)
	if err != nil {
		return now, err
	}
	return now, same(p, want, now)
}

// same returns an error wrapping ErrChanged where now is not what was.
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
	} else if now.Exists() && !s.Path.Within(s.From) {
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
		if n == nil || to.children[name] != nil || s.Path.Below(s.From) {
			return fmt.Errorf("renaming %s: %w", s.From, sync.ErrChanged)
		}
		delete(from.children, old)
		to.children[name] = n
		moved = n
		return nil
	}, func() bool { return moved != nil && m.find(s.Path) == moved && m.find(s.From) == nil })
	if err != nil {
		return manifest.Entry{}, err
	}
	was.Name = ""
	if name != s.Path.Base() {
		was.Name = name
	}
	return was, nil
}

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
		if err := m.still(s.Path, s.Expect); err != nil {
			return err
		}
		return m.drop(s.Path, manifest.File)
	}, func() bool { return m.find(s.Path) == nil })
}

// still is the check of a good disk that what is replaced or removed is what
// was looked at.
func (m *Memory) still(p manifest.Path, was manifest.Entry) error {
	if m.Server {
		return nil
	}
	return same(p, was, m.entryAt(p))
}

// drop takes away the name of a node of the given kind.
func (m *Memory) drop(p manifest.Path, kind manifest.Kind) error {
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
	for _, n := range m.leftovers(p) {
		if err := m.unlink(ctx, p, n); err != nil {
			return err
		}
	}
	return m.change(ctx, "rmdir", p, func() error {
		return m.drop(p, manifest.Dir)
	}, func() bool { return m.find(p) == nil })
}

// leftovers returns the temporaries in dir where it holds nothing else, and
// none of them is being written.
func (m *Memory) leftovers(dir manifest.Path) []*node {
	m.mu.Lock()
	defer m.mu.Unlock()
	var temps []*node
	for name, n := range m.find(dir).children {
		if !manifest.IsOwn(dir, name) || m.busy[n] {
			return nil
		}
		temps = append(temps, n)
	}
	return temps
}

// unlink takes away the name of a temporary in dir.
func (m *Memory) unlink(ctx context.Context, dir manifest.Path, temp *node) error {
	return m.change(ctx, "unlink", dir, func() error {
		if n := m.find(dir); n != nil {
			n.forgetChild(temp)
		}
		return nil
	}, func() bool { n := m.find(dir); return n == nil || n.nameOf(temp) == "" })
}

func (n *node) nameOf(child *node) string {
	for name, c := range n.children {
		if c == child {
			return name
		}
	}
	return ""
}

func (n *node) forgetChild(child *node) {
	if name := n.nameOf(child); name != "" {
		delete(n.children, name)
	}
}

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

// tempName returns a name for a new temporary of a source.
func (m *Memory) tempName(fingerprint, name string) string {
	m.temps++
	return manifest.TempName(fmt.Sprintf("%s%08x", fingerprint, m.temps), name, false)
}

// leftover returns the temporary that an interrupted Put of the same source
// left in dir, or nil.
func (m *Memory) leftover(dir *node, fingerprint string, want manifest.Entry) *node {
	if m.NoResume || want.Precision >= manifest.Minute {
		return nil
	}
	for name, n := range dir.children {
		mark, ok := manifest.TempMark(name)
		if ok && strings.HasPrefix(mark, fingerprint) && !m.busy[n] && int64(len(n.content)) <= want.Size {
			return n
		}
	}
	return nil
}
