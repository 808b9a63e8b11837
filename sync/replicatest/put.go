package replicatest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
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
