package replicatest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// sumOf returns the SHA-256 of content in the form of [sync.Outcome].
func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return string(sum[:])
}

// A fakeSource is the file that a Put reads, and what goes wrong with it.
type fakeSource struct {
	content string
	mtime   time.Time
	name    string // spelling for a new name, where it differs
	id      uint64
	changed int64 // when it was last changed, in nanoseconds

	breakAt    int64                  // where reading fails with readErr
	readErr    error                  // of Read, at breakAt; nil: reading does not fail
	openErr    error                  // of Open
	confirmErr error                  // of Confirm
	onMiddle   func()                 // called once, in the middle of the content
	onConfirm  func()                 // called by Confirm
	onEvent    func(event, at string) // called for "open" and "close"

	offsets []int64 // of all calls of Open
}

// want returns the entry that a scan of the other side would show.
func (f *fakeSource) want() manifest.Entry {
	return manifest.Entry{Kind: manifest.File, Size: int64(len(f.content)), ModTime: f.mtime.UnixNano(), Name: f.name,
		ID: f.id, Changed: f.changed}
}

// put returns the step that writes the source to p.
func (f *fakeSource) put(p manifest.Path, expect manifest.Entry) sync.Step {
	return sync.Step{Op: sync.Put, Path: p, Expect: expect, Want: f.want(), Open: func(ctx context.Context, offset int64) (sync.Source, error) {
		f.offsets = append(f.offsets, offset)
		if f.openErr != nil {
			return nil, f.openErr
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		f.event("open", p)
		return &openSource{ctx: ctx, source: f, p: p, first: offset, at: offset}, nil
	}}
}

func (f *fakeSource) event(event string, p manifest.Path) {
	if f.onEvent != nil {
		f.onEvent(event, string(p))
	}
}

// An openSource is a fakeSource that is being read.
type openSource struct {
	ctx       context.Context
	source    *fakeSource
	p         manifest.Path
	first, at int64
	confirmed bool
}

func (r *openSource) Read(b []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	end := int64(len(r.source.content))
	if r.source.readErr != nil {
		end = r.source.breakAt
	}
	if r.at >= end/2 && r.source.onMiddle != nil {
		do := r.source.onMiddle
		r.source.onMiddle = nil
		do()
	}
	if r.at >= end {
		if r.source.readErr != nil {
			return 0, r.source.readErr
		}
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 16<<10)], r.source.content[r.at:end])
	r.at += int64(n)
	return n, nil
}

func (r *openSource) Confirm(context.Context) (manifest.Entry, error) {
	if r.confirmed {
		return manifest.Entry{}, fmt.Errorf("%s: Confirm was called twice", r.p)
	}
	r.confirmed = true
	if r.at != int64(len(r.source.content)) {
		return manifest.Entry{}, fmt.Errorf("%s: Confirm at %d of %d bytes: %w", r.p, r.at, len(r.source.content), sync.ErrSource)
	}
	if r.source.onConfirm != nil {
		r.source.onConfirm()
	}
	if r.source.confirmErr != nil {
		return manifest.Entry{}, r.source.confirmErr
	}
	return r.source.want(), nil
}

func (r *openSource) Sum() string {
	if r.first > 0 || r.at < int64(len(r.source.content)) {
		return ""
	}
	return sumOf(r.source.content)
}

func (r *openSource) Close() error {
	r.source.event("close", r.p)
	return nil
}

// newSource returns a source without any fault.
func newSource(content string, mtime time.Time) *fakeSource {
	return &fakeSource{content: content, mtime: mtime, id: 1, changed: mtime.UnixNano() + 1}
}
