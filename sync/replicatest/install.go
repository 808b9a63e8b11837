package replicatest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/sync"
)

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
