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

// answerQuestions reads the contents that a plan asks for and puts their checksums
// into the trees. What cannot be read is unknown from then on.
func (p *pass) answerQuestions(ctx context.Context, questions []Question) error {
	answers := make([]content, len(questions))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(p.opts.Workers)
	for _, run := range p.questionRuns(questions) {
		group.Go(func() error {
			asked := make([]Question, len(run))
			for n, i := range run {
				asked[n] = questions[i]
			}
			found, err := p.contents(gctx, asked)
			for n, i := range run[:len(found)] {
				answers[i] = found[n]
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, q := range questions {
		switch {
		case answers[i].untold:
			p.noteUntold(q)
			continue
		case answers[i].err != nil:
			p.markUnreadable(q, answers[i].err)
			continue
		}
		entry := p.trees[q.Side].At(q.Path)
		entry.Sum = answers[i].sum
		p.trees[q.Side].Put(q.Path, entry)
	}
	return nil
}

// questionRuns splits questions into runs of one side each and returns the indexes
// of each run. Every worker gets its part, and a side can read ahead within a run.
func (p *pass) questionRuns(questions []Question) (runs [][]int) {
	var bySide [2][]int
	for i, q := range questions {
		bySide[q.Side] = append(bySide[q.Side], i)
	}
	for _, indexes := range bySide {
		most := min(runFiles, (len(indexes)+p.opts.Workers-1)/p.opts.Workers)
		for len(indexes) > 0 {
			n := min(most, len(indexes))
			runs, indexes = append(runs, indexes[:n]), indexes[n:]
		}
	}
	return runs
}

// noteUntold notes that the side tells no hash for the file of a question.
func (p *pass) noteUntold(q Question) {
	if p.policy.untold == nil {
		p.policy.untold = &pathSet{make(map[manifest.Path]bool)}
	}
	p.policy.untold.paths[q.Path] = true
}

// markUnreadable makes the path of a question unknown.
func (p *pass) markUnreadable(q Question, err error) {
	var b manifest.Builder
	b.Unknown(q.Path, fmt.Sprintf("its content could not be read: %v", err))
	p.addProblems(q.Side, b.Tree())
}

// addProblems adds the unknown paths of bad to the tree of side s.
func (p *pass) addProblems(s Side, bad *manifest.Tree) {
	p.trees[s] = p.trees[s].Graft(nil, bad)
	p.sum.countProblems(s, bad.Problems())
	p.tell(Doubted{Side: s, Problems: bad.Problems()})
}

// A content is the checksum of one file, or why it is not known.
type content struct {
	sum    string
	untold bool // the side tells no hash, and the content was not worth a transfer
	err    error
}

// contents asks one side for the checksums of files, and reads those files whose
// checksum the side cannot tell. An error ends the pass; then there are fewer
// contents than questions.
func (p *pass) contents(ctx context.Context, run []Question) ([]content, error) {
	found := make([]content, len(run))
	var wanted []Wanted
	var at []int // the index in run of each of wanted
	for i, q := range run {
		if err := p.ends(ctx, q, nil); err != nil {
			return nil, err
		}
		entry := p.trees[q.Side].At(q.Path)
		sum, err := p.sides[q.Side].Sum(ctx, q.Path, entry)
		if q.HashOnly && errors.Is(err, ErrUnsupported) {
			found[i] = content{untold: true}
			continue
		}
		if errors.Is(err, ErrUnsupported) {
			wanted, at = append(wanted, Wanted{Path: q.Path, Entry: entry}), append(at, i)
			continue
		}
		if err := p.ends(ctx, q, err); err != nil {
			return nil, err
		}
		found[i] = content{sum: sum, err: err}
	}
	if wanted == nil {
		return found, nil
	}
	side := run[0].Side
	reader := p.sides[side].Reader(ctx, wanted)
	defer reader.Close()
	for n, i := range at {
		sum, err := p.sumOf(ctx, side, reader, n)
		if err := p.ends(ctx, run[i], err); err != nil {
			return nil, err
		}
		found[i] = content{sum: sum, err: err}
	}
	return found, nil
}

// ends returns an error if err or the end of ctx ends the pass.
func (p *pass) ends(ctx context.Context, q Question, err error) error {
	if ctx.Err() != nil && err == nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, ErrFatal) || ctx.Err() != nil {
		return fmt.Errorf("reading %s: %w", q.Path, err)
	}
	return nil
}

// sumOf reads file n of a reader and returns its checksum.
func (p *pass) sumOf(ctx context.Context, side Side, reader Reader, n int) (string, error) {
	src, err := reader.Open(ctx, n, 0)
	if err != nil {
		return "", err
	}
	defer src.Close()
	h := sha256.New()
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	size, err := io.CopyBuffer(h, src, *buf)
	p.countRead(side, size)
	if err != nil {
		return "", err
	}
	if _, err := src.Confirm(ctx); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// countRead counts bytes that were downloaded only to be compared.
func (p *pass) countRead(s Side, n int64) {
	if s == Remote {
		p.mu.Lock()
		p.sum.BytesDown += n
		p.mu.Unlock()
	}
}
