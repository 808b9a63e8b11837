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

// put writes a temporary file and renames it to its real name. If it fails it
// removes the temporary file, unless the context was cancelled or a later attempt
// can resume it.
func (m *Memory) put(ctx context.Context, s sync.Step) (out sync.Outcome) {
	t := &putWriter{m: m, step: s, out: &out}
	out.Err = t.run(ctx)
	m.withLock(func() error { delete(m.busy, t.temp); return nil })
	if t.temp == nil || out.Err == nil && !out.Kept || t.worthKeeping(out.Err) {
		return out
	}
	if err := m.unlink(ctx, s.Path.Parent(), t.temp); err != nil && out.Err == nil {
		out.Err = err
	}
	return out
}

// A putWriter carries out one Put.
type putWriter struct {
	m       *Memory
	step    sync.Step
	out     *sync.Outcome
	temp    *node // nil until there is one
	written manifest.Entry
}

// worthKeeping reports whether a later attempt may resume the temporary file after
// err.
func (t *putWriter) worthKeeping(err error) bool {
	return errors.Is(err, sync.ErrSource) && !errors.Is(err, sync.ErrChanged) &&
		!t.m.NoResume && t.step.Want.Precision < manifest.Minute && len(t.temp.content) > 0
}

func (t *putWriter) run(ctx context.Context) error {
	m, p := t.m, t.step.Path
	if _, err := m.expect(ctx, p, t.step.Expect); err != nil {
		return err
	}
	if err := t.create(ctx); err != nil {
		return err
	}
	if err := t.copy(ctx); err != nil {
		return err
	}
	now, err := m.expect(ctx, p, t.step.Expect)
	if err != nil {
		return err
	}
	if t.step.Keep != "" && t.step.Keep == t.out.Sum {
		t.out.Kept, t.out.Entry = true, now
		return nil
	}
	return t.install(ctx)
}

// create opens a new temporary file, or that of an earlier attempt.
func (t *putWriter) create(ctx context.Context) error {
	m := t.m
	if err := m.io(ctx, "create", t.step.Path); err != nil {
		return err
	}
	return m.withLock(func() error {
		dir, err := m.parent(t.step.Path)
		if err != nil {
			return err
		}
		mark := fingerprint(t.step.Path, t.step.Want)
		if t.temp = m.resumableTemp(dir, mark, t.step.Want); t.temp == nil {
			t.temp = m.newNode(manifest.File)
			dir.children[m.tempName(mark)] = t.temp
			m.noted[t.step.Path.Parent()] = true
		}
		m.busy[t.temp] = true
		return nil
	})
}

// copy copies the source to the temporary file, and asks the source to confirm.
func (t *putWriter) copy(ctx context.Context) error {
	src, err := t.openSource(ctx)
	if err != nil {
		return err
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
	if t.out.Source.Size != t.written.Size {
		return fmt.Errorf("%w: received %d bytes of %d", sync.ErrSource, t.written.Size, t.out.Source.Size)
	}
	sum := sha256.Sum256(t.temp.content)
	t.out.Sum = string(sum[:])
	if told := src.Sum(); told != "" && told != t.out.Sum {
		t.temp.content = nil // it began with the content of another source
		return fmt.Errorf("%w: content differs from what was read", sync.ErrSource)
	}
	return nil
}

// openSource opens the source to go on where the temporary file ends. A temporary file
// whose end is not that of this source begins anew.
func (t *putWriter) openSource(ctx context.Context) (sync.Source, error) {
	var part []byte
	t.m.withLock(func() error {
		part = t.temp.content[max(0, len(t.temp.content)-sync.OverlapBytes):]
		return nil
	})
	offset := int64(len(t.temp.content) - len(part))
	src, err := t.step.Open(ctx, offset)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	if len(part) == 0 {
		return src, nil
	}
	same, err := sync.SameOverlap(src, part)
	if same && (t.step.Want.ID != 0 || t.step.Want.Changed != 0) {
		return src, nil
	}
	src.Close()
	if err != nil {
		return nil, err
	}
	t.m.withLock(func() error { t.temp.content = nil; return nil })
	return t.openSource(ctx)
}

func (t *putWriter) stream(ctx context.Context, src io.Reader) error {
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

func (t *putWriter) write(ctx context.Context, b []byte) error {
	if err := t.m.io(ctx, "write", t.step.Path); err != nil {
		return err
	}
	t.m.withLock(func() error {
		t.temp.content = append(t.temp.content, b...)
		t.temp.mtime, t.temp.synced = t.m.now(), false
		t.temp.changed = t.temp.mtime
		return nil
	})
	t.out.Bytes += int64(len(b))
	if t.step.Progress != nil {
		t.step.Progress(int64(len(b)))
	}
	return nil
}

// stamp syncs the content, sets the time and records the entry of the temporary
// file. The rename does not change that.
func (t *putWriter) stamp(ctx context.Context) error {
	m := t.m
	if err := m.io(ctx, "sync", t.step.Path); err != nil {
		return err
	}
	m.withLock(func() error {
		t.temp.synced = true
		if old := m.find(t.step.Path); old != nil && old.kind == manifest.File {
			t.temp.mode = old.mode
		}
		if t.step.Want.Mode != 0 && !m.FixedModes {
			t.temp.mode = t.step.Want.Mode
		}
		return nil
	})
	if !m.FixedTimes && t.step.Want.Precision != manifest.NoTime {
		if err := m.io(ctx, "settime", t.step.Path); err != nil {
			return err
		}
		m.withLock(func() error { t.temp.mtime = time.Unix(0, t.step.Want.ModTime); return nil })
	}
	if err := m.io(ctx, "stat", t.step.Path); err != nil {
		return err
	}
	return m.withLock(func() error {
		t.written = m.entry(t.temp, "", "")
		if m.Server {
			t.written.Mode = 0 // as of a server, which shows it in listings only
		}
		return nil
	})
}
