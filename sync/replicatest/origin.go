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

// sumOf returns the SHA-256 of content as an entry holds it.
func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return string(sum[:])
}

// An origin is the other side of a Put: one file, and what goes wrong with it.
type origin struct {
	content string
	mtime   time.Time
	name    string // spelling for a new name, where it differs

	cut     int64                  // with err: where reading ends; else ignored
	err     error                  // what reading ends with
	openErr error                  // what opening fails with
	confirm error                  // what Confirm fails with
	during  func()                 // called once, in the middle of the content
	closing func()                 // called by Confirm
	note    func(event, at string) // told of open and close

	offsets []int64 // of the calls of Open
}

// want is the entry that a scan of the other side would show.
func (o *origin) want() manifest.Entry {
	return manifest.Entry{Kind: manifest.File, Size: int64(len(o.content)), ModTime: o.mtime.UnixNano(), Name: o.name}
}

// put is the step that writes the origin to p.
func (o *origin) put(p manifest.Path, expect manifest.Entry) sync.Step {
	return sync.Step{Op: sync.Put, Path: p, Expect: expect, Want: o.want(), Open: func(ctx context.Context, offset int64) (sync.Source, error) {
		o.offsets = append(o.offsets, offset)
		if o.openErr != nil {
			return nil, o.openErr
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		o.tell("open", p)
		return &stream{ctx: ctx, o: o, p: p, first: offset, at: offset}, nil
	}}
}

func (o *origin) tell(event string, p manifest.Path) {
	if o.note != nil {
		o.note(event, string(p))
	}
}

// A stream is an open origin.
type stream struct {
	ctx       context.Context
	o         *origin
	p         manifest.Path
	first, at int64
	confirmed bool
}

func (r *stream) Read(b []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	end := int64(len(r.o.content))
	if r.o.err != nil {
		end = r.o.cut
	}
	if r.at >= end/2 && r.o.during != nil {
		do := r.o.during
		r.o.during = nil
		do()
	}
	if r.at >= end {
		if r.o.err != nil {
			return 0, r.o.err
		}
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 16<<10)], r.o.content[r.at:end])
	r.at += int64(n)
	return n, nil
}

func (r *stream) Confirm(context.Context) (manifest.Entry, error) {
	if r.confirmed {
		return manifest.Entry{}, fmt.Errorf("%s: Confirm was called twice", r.p)
	}
	r.confirmed = true
	if r.at != int64(len(r.o.content)) {
		return manifest.Entry{}, fmt.Errorf("%s: Confirm at %d of %d bytes: %w", r.p, r.at, len(r.o.content), sync.ErrSource)
	}
	if r.o.closing != nil {
		r.o.closing()
	}
	if r.o.confirm != nil {
		return manifest.Entry{}, r.o.confirm
	}
	return r.o.want(), nil
}

func (r *stream) Sum() string {
	if r.first > 0 || r.at < int64(len(r.o.content)) {
		return ""
	}
	return sumOf(r.o.content)
}

func (r *stream) Close() error {
	r.o.tell("close", r.p)
	return nil
}

// text is an origin with nothing wrong.
func text(content string, mtime time.Time) *origin {
	return &origin{content: content, mtime: mtime}
}

// apply carries out a run and returns its outcomes. It fails the test unless
// done is called exactly once for every step, one call at a time.
func (s *side) apply(ctx context.Context, run ...sync.Step) []sync.Outcome {
	s.Helper()
	outs := make([]sync.Outcome, len(run))
	calls := make([]int, len(run))
	one := make(chan struct{}, 1)
	s.Replica.Apply(ctx, run, func(i int, out sync.Outcome) {
		select {
		case one <- struct{}{}:
		default:
			s.Errorf("two calls of done overlap")
		}
		outs[i] = out
		calls[i]++
		<-one
	})
	for i, n := range calls {
		if n != 1 {
			s.Errorf("done was called %d times for step %d", n, i)
		}
	}
	return outs
}

// do carries out one step that must succeed.
func (s *side) do(step sync.Step) sync.Outcome {
	s.Helper()
	out := s.apply(s.ctx, step)[0]
	if out.Err != nil {
		s.Fatalf("%s %q: %v", step.Op, step.Path, out.Err)
	}
	return out
}

// fails carries out one step that must fail, with an error that wraps want
// where that is not nil.
func (s *side) fails(want error, step sync.Step) sync.Outcome {
	s.Helper()
	out := s.apply(s.ctx, step)[0]
	s.failed(want, out)
	return out
}

func (s *side) failed(want error, out sync.Outcome) {
	s.Helper()
	s.wraps(want, out.Err)
	if out.Entry != (manifest.Entry{}) || out.Kept {
		s.Errorf("a step that failed says that %+v is there, kept: %v", out.Entry, out.Kept)
	}
	if out.Ambiguous {
		s.Errorf("the outcome is ambiguous: %v", out.Err)
	}
}

// stands fails the test unless a scan shows at p what an outcome said.
func (s *side) stands(p manifest.Path, said manifest.Entry) {
	s.Helper()
	now := s.at(p)
	switch {
	case !now.Exists():
		s.Errorf("nothing at %q", p)
	case !manifest.Unchanged(said, now):
		s.Errorf("at %q a scan shows %+v, the step said %+v", p, now, said)
	case said.ID != 0 && now.ID != 0 && said.ID != now.ID:
		s.Errorf("at %q a scan shows identity %d, the step said %d", p, now.ID, said.ID)
	case said.Name != now.Name:
		s.Errorf("at %q a scan shows name %q, the step said %q", p, now.Name, said.Name)
	}
}
