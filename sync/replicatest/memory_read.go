package replicatest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"ferry/manifest"
	"ferry/sync"
)

// Sum implements [sync.Replica].
func (m *Memory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	if m.NoSums {
		return "", fmt.Errorf("sum of %s: %w", p, sync.ErrUnsupported)
	}
	now, err := m.lookAt(ctx, "sum", p)
	if err == nil {
		err = same(p, want, now)
	}
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.find(p)
	if n == nil || n.kind != manifest.File {
		return "", fmt.Errorf("%s: %w", p, sync.ErrChanged)
	}
	sum := sha256.Sum256(n.content)
	return string(sum[:]), nil
}

// Reader implements [sync.Replica].
func (m *Memory) Reader(_ context.Context, run []sync.Wanted) sync.Reader {
	return &reader{m: m, run: run}
}

type reader struct {
	m   *Memory
	run []sync.Wanted
}

func (r *reader) Close() error { return nil }

// Open implements [sync.Reader].
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	now, err := r.m.lookAt(ctx, "open", w.Path)
	if err == nil {
		err = same(w.Path, w.Entry, now)
	}
	if err != nil {
		return nil, err
	}
	s := &source{ctx: ctx, m: r.m, path: w.Path, was: now, at: offset}
	s.node = r.m.nodeAtPath(w.Path)
	if s.node == nil || s.node.kind != manifest.File {
		return nil, fmt.Errorf("%s: %w", w.Path, sync.ErrChanged)
	}
	if offset == 0 {
		s.sum = sha256.New()
	}
	return s, nil
}

// A source reads a node in chunks, so that somebody may write in between.
type source struct {
	ctx  context.Context
	m    *Memory
	path manifest.Path
	was  manifest.Entry
	node *node
	at   int64
	sum  hash.Hash // nil if the beginning was not read
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.m.io(s.ctx, "read", s.path); err != nil {
		return 0, err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if s.at >= int64(len(s.node.content)) {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), s.m.chunk())], s.node.content[s.at:])
	s.at += int64(n)
	if s.sum != nil {
		s.sum.Write(b[:n])
	}
	return n, nil
}

// Confirm implements [sync.Source].
func (s *source) Confirm(ctx context.Context) (manifest.Entry, error) {
	now, err := s.m.lookAt(ctx, "confirm", s.path)
	if err == nil {
		err = same(s.path, s.was, now)
	}
	if err == nil && now.Size != s.at {
		err = fmt.Errorf("%s: read to %d of %d bytes: %w", s.path, s.at, now.Size, sync.ErrSource)
	}
	now.Changed = s.was.Changed
	return now, err
}

// Sum implements [sync.Source].
func (s *source) Sum() string {
	if s.sum == nil {
		return ""
	}
	return string(s.sum.Sum(nil))
}

func (s *source) Close() error { return nil }
