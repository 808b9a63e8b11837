package replicatest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// put writes a file beside and renames it into place. A cancelled context
// leaves the temporary where it is; every other way out removes it, unless a
// later attempt can go on with it.
func (m *Memory) put(ctx context.Context, s sync.Step) (out sync.Outcome) {
	t := &writing{m: m, s: s, out: &out}
	out.Err = t.run(ctx)
	m.locked(func() error { delete(m.busy, t.temp); return nil })
	if t.temp == nil || out.Err == nil && !out.Kept || t.worthKeeping(out.Err) {
		return out
	}
	if err := m.unlink(ctx, s.Path.Parent(), t.temp); err != nil && out.Err == nil {
		out.Err = err
	}
	return out
}

// A writing is one Put under way.
type writing struct {
	m    *Memory
	s    sync.Step
	out  *sync.Outcome
	temp *node // nil until there is one
	was  manifest.Entry
}

// worthKeeping reports whether a later attempt may go on with the temporary
// after err.
func (t *writing) worthKeeping(err error) bool {
	return errors.Is(err, sync.ErrSource) && !errors.Is(err, sync.ErrChanged) &&
		!t.m.NoResume && t.s.Want.Precision < manifest.Minute && len(t.temp.content) > 0
}

func (t *writing) run(ctx context.Context) error {
	m, p := t.m, t.s.Path
	if _, err := m.expect(ctx, p, t.s.Expect); err != nil {
		return err
	}
	if err := t.create(ctx); err != nil {
		return err
	}
	if err := t.copy(ctx); err != nil {
		return err
	}
	now, err := m.expect(ctx, p, t.s.Expect)
	if err != nil {
		return err
	}
	if t.s.Keep != "" && t.s.Keep == t.out.Sum {
		t.out.Kept, t.out.Entry = true, now
		return nil
	}
	return t.install(ctx)
}

// create opens a new temporary, or the one of an earlier attempt.
func (t *writing) create(ctx context.Context) error {
	m := t.m
	if err := m.io(ctx, "create", t.s.Path); err != nil {
		return err
	}
	return m.locked(func() error {
		dir, err := m.parent(t.s.Path)
		if err != nil {
			return err
		}
		mark := fingerprint(t.s.Path, t.s.Want)
		if t.temp = m.leftover(dir, mark, t.s.Want); t.temp == nil {
			t.temp = m.newNode(manifest.File)
			dir.children[m.tempName(mark, t.s.Path.Base())] = t.temp
		}
		m.busy[t.temp] = true
		return nil
	})
}

// fingerprint tells sources apart in 16 hex digits.
func fingerprint(p manifest.Path, e manifest.Entry) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d %d %d", p, e.Size, e.ModTime, e.ID))
	return fmt.Sprintf("%x", h[:8])
}

// copy brings the content from the source into the temporary, stamps it and
// lets the source confirm.
func (t *writing) copy(ctx context.Context) error {
	offset := int64(len(t.temp.content))
	src, err := t.s.Open(ctx, offset)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	if err := t.stream(ctx, src); err != nil {
		return err
	}
	if err := t.stamp(ctx); err != nil {
		return err
	}
	t.out.Source, err = src.Confirm(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	if t.out.Source.Size != t.was.Size {
		return fmt.Errorf("%w: got %d bytes of %d", sync.ErrSource, t.was.Size, t.out.Source.Size)
	}
	sum := sha256.Sum256(t.temp.content)
	t.out.Sum = string(sum[:])
	if told := src.Sum(); told != "" && told != t.out.Sum {
		t.temp.content = nil // a beginning that was not of this source
		return fmt.Errorf("%w: content differs from what was read", sync.ErrSource)
	}
	return nil
}

func (t *writing) stream(ctx context.Context, src io.Reader) error {
	chunk := make([]byte, t.m.chunk())
	for {
		n, err := io.ReadFull(src, chunk)
		if n > 0 {
			if err := t.write(ctx, chunk[:n]); err != nil {
				return err
			}
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
	}
}

func (m *Memory) chunk() int {
	if m.Chunk > 0 {
		return m.Chunk
	}
	return 4096
}

func (t *writing) write(ctx context.Context, b []byte) error {
	if err := t.m.io(ctx, "write", t.s.Path); err != nil {
		return err
	}
	t.m.locked(func() error {
		t.temp.content = append(t.temp.content, b...)
		t.temp.mtime, t.temp.synced = t.m.now(), false
		return nil
	})
	t.out.Bytes += int64(len(b))
	if t.s.Progress != nil {
		t.s.Progress(int64(len(b)))
	}
	return nil
}

// stamp makes the content safe, sets the time and notes what the side shows of
// the temporary: that is what it will show of the file.
func (t *writing) stamp(ctx context.Context) error {
	m := t.m
	if err := m.io(ctx, "sync", t.s.Path); err != nil {
		return err
	}
	m.locked(func() error { t.temp.synced = true; return nil })
	if !m.FixedTimes && t.s.Want.Precision != manifest.NoTime {
		if err := m.io(ctx, "settime", t.s.Path); err != nil {
			return err
		}
		m.locked(func() error { t.temp.mtime = time.Unix(0, t.s.Want.ModTime); return nil })
	}
	if err := m.io(ctx, "stat", t.s.Path); err != nil {
		return err
	}
	return m.locked(func() error {
		t.was = m.entry(t.temp, "", "")
		return nil
	})
}

// install gives the temporary its real name.
func (t *writing) install(ctx context.Context) error {
	m, p := t.m, t.s.Path
	name := t.s.Want.Spelled(p)
	old := ""
	if t.s.Expect.Exists() {
		name = t.s.Expect.Spelled(p)
		var err error
		if old, err = t.makeWay(ctx); err != nil {
			return err
		}
	}
	err := m.change(ctx, "rename", p, func() error { return t.rename(name) },
		func() bool { return m.find(p) == t.temp })
	if err != nil {
		return errors.Join(err, t.undo(ctx, err, old))
	}
	t.out.Entry = t.was
	if name != p.Base() {
		t.out.Entry.Name = name
	}
	if n := m.nodeAt(old); n != nil && !t.s.Trash {
		_ = m.unlink(ctx, p.Parent(), n) // Tidy does it, if this fails
	}
	return nil
}

// undo takes back what makeWay did, after a rename that certainly failed.
func (t *writing) undo(ctx context.Context, failed error, old string) error {
	m, p := t.m, t.s.Path
	var open ambiguousError
	n := m.nodeAt(old)
	switch {
	case n == nil || errors.As(failed, &open):
		return nil
	case n != m.nodeNow(p):
		return m.bringBack(ctx, old, p, t.s.Expect.Spelled(p))
	}
	return m.change(ctx, "unlink", p, func() error {
		dir, name := split(old)
		delete(m.at(dir).children, name)
		return nil
	}, func() bool { return m.at(old) == nil })
}

// rename is the one moment in which the new version appears.
func (t *writing) rename(name string) error {
	m, p := t.m, t.s.Path
	dir, err := m.parent(p)
	if err != nil {
		return err
	}
	now := m.entryAt(p)
	switch {
	case dir.nameOf(t.temp) == "":
		return errors.New("the half-written file is gone")
	case m.NoReplace && now.Exists(), now.Exists() && !now.IsFile():
		return fmt.Errorf("a %s is there: %w", now.Kind, sync.ErrChanged)
	case m.NoReplace:
	default:
		if err := m.still(p, t.s.Expect); err != nil {
			return err
		}
	}
	dir.forgetChild(t.temp)
	dir.children[name] = t.temp
	return nil
}

// makeWay keeps the old version where that is wanted, and frees its name where
// the side does not rename over files. It returns the other name that the old
// version has then, or "".
func (t *writing) makeWay(ctx context.Context) (string, error) {
	m, p := t.m, t.s.Path
	switch {
	case t.s.Trash && !m.Server && !m.NoReplace:
		return m.linkToTrash(ctx, p)
	case t.s.Trash:
		return m.toTrash(ctx, p, t.s.Expect)
	case m.NoReplace:
		m.mu.Lock()
		dir, _ := split(m.spelled(p))
		aside := strings.TrimPrefix(dir+"/"+m.tempName(fingerprint(p, t.s.Expect), p.Base()), "/")
		m.mu.Unlock()
		return aside, m.capture(ctx, "aside", p, aside, t.s.Expect)
	}
	return "", nil
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
