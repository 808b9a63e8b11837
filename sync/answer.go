package sync

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// answer finds the contents that a plan asks for and puts their sums into the
// trees. What cannot be read is unknown from then on.
func (p *pass) answer(ctx context.Context, questions []Question) error {
	type answer struct {
		sum string
		err error
	}
	answers := make([]answer, len(questions))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opts.Workers)
	for i, q := range questions {
		group.Go(func() error {
			entry := p.trees[q.Side].At(q.Path)
			sum, err := p.contentOf(gctx, q, entry)
			if errors.Is(err, ErrFatal) || gctx.Err() != nil {
				return fmt.Errorf("reading %s: %w", q.Path, err)
			}
			answers[i] = answer{sum, err}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, q := range questions {
		if answers[i].err != nil {
			p.doubt(q, answers[i].err)
			continue
		}
		entry := p.trees[q.Side].At(q.Path)
		entry.Sum = answers[i].sum
		p.trees[q.Side].Put(q.Path, entry)
	}
	return nil
}

// doubt makes the path of a question that found no answer unknown.
func (p *pass) doubt(q Question, err error) {
	var b manifest.Builder
	b.Unknown(q.Path, fmt.Sprintf("its content could not be read: %v", err))
	p.addProblems(q.Side, b.Tree())
}

// addProblems makes what bad says is unknown so in the tree of side s.
func (p *pass) addProblems(s Side, bad *manifest.Tree) {
	p.trees[s] = p.trees[s].Graft(nil, bad)
	p.sum.Problems += len(bad.Problems())
	p.tell(Doubted{Side: s, Problems: bad.Problems()})
}

// contentOf asks the side for the sum, or reads the file where it cannot tell.
func (p *pass) contentOf(ctx context.Context, q Question, entry manifest.Entry) (string, error) {
	sum, err := p.sides[q.Side].Sum(ctx, q.Path, entry)
	if !errors.Is(err, ErrUnsupported) {
		return sum, err
	}
	reader := p.sides[q.Side].Reader(ctx, []Wanted{{Path: q.Path, Entry: entry}})
	defer reader.Close()
	src, err := reader.Open(ctx, 0, 0)
	if err != nil {
		return "", err
	}
	defer src.Close()
	h := sha256.New()
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	n, err := io.CopyBuffer(h, src, *buf)
	p.countRead(q.Side, n)
	if err != nil {
		return "", err
	}
	if _, err := src.Confirm(ctx); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// countRead counts what was received only to be compared.
func (p *pass) countRead(s Side, n int64) {
	if s == Remote {
		p.mu.Lock()
		p.sum.BytesDown += n
		p.mu.Unlock()
	}
}
