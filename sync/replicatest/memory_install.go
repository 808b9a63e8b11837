package replicatest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/sync"
)

// install gives the temporary file its real name.
func (t *putWriter) install(ctx context.Context) error {
	m, p := t.m, t.step.Path
	name := t.step.Want.Spelled(p)
	old := ""
	if t.step.Expect.Exists() {
		name = t.step.Expect.Spelled(p)
		var err error
		if old, err = t.moveOldAside(ctx); err != nil {
			return err
		}
	}
	err := m.change(ctx, "rename", p, func() error { return t.rename(name) },
		func() bool { return m.find(p) == t.temp })
	if err != nil {
		return errors.Join(err, t.putBack(ctx, err, old))
	}
	t.out.Entry = t.written
	if name != p.Base() {
		t.out.Entry.Name = name
	}
	if n := m.nodeAt(old); n != nil && !t.step.Trash {
		_ = m.unlink(ctx, p.Parent(), n) // if this fails, Tidy removes it
	}
	return nil
}

// putBack undoes moveOldAside after a rename that certainly failed.
func (t *putWriter) putBack(ctx context.Context, failed error, old string) error {
	m, p := t.m, t.step.Path
	var ambiguous ambiguousError
	n := m.nodeAt(old)
	switch {
	case n == nil || errors.As(failed, &ambiguous):
		return nil
	case n != m.nodeAtPath(p):
		return m.renameBack(ctx, old, p, t.step.Expect.Spelled(p))
	}
	return m.change(ctx, "unlink", p, func() error {
		dir, name := split(old)
		delete(m.at(dir).children, name)
		return nil
	}, func() bool { return m.at(old) == nil })
}

// rename makes the new version visible under its real name.
func (t *putWriter) rename(name string) error {
	m, p := t.m, t.step.Path
	dir, err := m.parent(p)
	if err != nil {
		return err
	}
	now := m.entryAt(p)
	switch {
	case dir.nameOf(t.temp) == "":
		return errors.New("the temporary file is gone")
	case m.NoReplace && now.Exists(), now.Exists() && !now.IsFile():
		return fmt.Errorf("a %s is there: %w", now.Kind, sync.ErrChanged)
	case m.NoReplace:
	default:
		if err := m.checkUnchanged(p, t.step.Expect); err != nil {
			return err
		}
	}
	dir.forgetChild(t.temp)
	dir.put(name, t.temp)
	t.temp.changed = m.now()
	t.written.Changed = m.entry(t.temp, "", "").Changed
	return nil
}

// moveOldAside keeps the old version in the trash if the step says so, and frees
// its name if the side does not rename over files. It returns the new path of the
// old version, or "" if it has none.
func (t *putWriter) moveOldAside(ctx context.Context) (string, error) {
	m, p := t.m, t.step.Path
	switch {
	case t.step.Trash && !m.Server && !m.NoReplace:
		return m.linkToTrash(ctx, p)
	case t.step.Trash:
		return m.toTrash(ctx, p, t.step.Expect)
	case m.NoReplace:
		m.mu.Lock()
		dir, _ := split(m.spelled(p))
		aside := strings.TrimPrefix(dir+"/"+m.tempName(noFingerprint), "/")
		m.mu.Unlock()
		return aside, m.renameChecked(ctx, "aside", p, aside, t.step.Expect)
	}
	return "", nil
}
