package compare

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// ask answers questions that are about contents of one side: by what that tells, or by
// reading.
func (t *task) ask(ctx context.Context, side int, run []int) error {
	told, err := Hashes(ctx, t.Sides[side], t.wanted(run), false)
	if err != nil {
		return err
	}
	var rest []int
	for n, i := range run {
		switch {
		case told[n].Err != nil:
			t.answers[i] = Answer{Err: told[n].Err}
		case told[n].Algorithm == SHA256:
			t.answers[i] = Answer{Sum: told[n].Sum}
		case t.question(i).HashOnly:
			t.answers[i] = Answer{Untold: true}
		default:
			rest = append(rest, i)
			continue
		}
		t.done(i, side == remote && t.answers[i].Sum != "", t.question(i).Entry.Size)
	}
	if rest == nil {
		return nil
	}
	reader := t.Sides[side].Reader(ctx, t.wanted(rest))
	defer reader.Close()
	for n, i := range rest {
		if err := t.read(ctx, reader, n, i); err != nil {
			return err
		}
		t.done(i, false, 0)
	}
	return nil
}

// read answers question i by reading file n of a reader. The error ends everything.
func (t *task) read(ctx context.Context, reader Reader, n, i int) error {
	if ctx.Err() != nil {
		return endOf(ctx, t.question(i).Path, nil)
	}
	sum, err := t.sumOf(ctx, reader, n, t.question(i).Side)
	if ended(ctx, err) {
		return endOf(ctx, t.question(i).Path, err)
	}
	t.answers[i] = Answer{Sum: sum, Err: err}
	return nil
}

// sumOf reads file n of a reader and returns its SHA-256.
func (t *task) sumOf(ctx context.Context, reader Reader, n, side int) (string, error) {
	src, err := reader.Open(ctx, n, 0)
	if err != nil {
		return "", err
	}
	defer src.Close()
	h := sha256.New()
	if err := t.copy(h, src, side); err != nil {
		return "", err
	}
	if _, err := src.Confirm(ctx); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}

// copy reads a source to its end.
func (t *task) copy(w io.Writer, src Source, side int) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for {
		n, err := src.Read(*buf)
		w.Write((*buf)[:n])
		t.count(side, n)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// count counts bytes that were read.
func (t *task) count(side, n int) {
	t.progress(func(p *Progress) {
		p.Bytes += int64(n)
		if side == remote || t.Apart {
			p.Read += int64(n)
		}
	})
}

// localSum returns the SHA-256 of the local file that question i asks for.
func (t *task) localSum(ctx context.Context, i int) Answer {
	q := t.question(i)
	if ctx.Err() != nil {
		return Answer{Err: context.Cause(ctx)}
	}
	sum, err := t.Sides[local].Sum(ctx, q.Path, q.Entry)
	return Answer{Sum: sum, Err: err}
}

// compare answers pairs of questions, each about one file on both sides.
func (t *task) compare(ctx context.Context, pairs []pair) error {
	told, err := Hashes(ctx, t.Sides[remote], t.wanted(remotes(pairs)), true)
	if err != nil {
		return err
	}
	var rest []pair
	for n, pair := range pairs {
		if told[n].Err == nil && !told[n].Algorithm.Proves() {
			if !t.isClaimed(ctx, pair) {
				rest = append(rest, pair)
			}
			continue
		}
		t.compareHash(ctx, pair, told[n])
		if err := t.answers[pair.local()].Err; ended(ctx, err) {
			return endOf(ctx, t.question(pair.local()).Path, err)
		}
		t.done(pair.local(), told[n].Err == nil, t.question(pair.local()).Entry.Size)
	}
	if rest == nil {
		return nil
	}
	reader := t.Sides[remote].Reader(ctx, t.wanted(remotes(rest)))
	defer reader.Close()
	for n, pair := range rest {
		if ctx.Err() != nil {
			return endOf(ctx, t.question(pair.remote()).Path, nil)
		}
		if err := t.compareContent(ctx, reader, n, pair); err != nil {
			return err
		}
	}
	return nil
}

// compareHash compares a local file with what the other side tells of its hash.
func (t *task) compareHash(ctx context.Context, pair pair, told Told) {
	here, there := &t.answers[pair.local()], &t.answers[pair.remote()]
	if told.Err != nil || told.Algorithm == SHA256 {
		*here, *there = t.localSum(ctx, pair.local()), Answer{Sum: told.Sum, Err: told.Err}
		return
	}
	h := told.Algorithm.New()
	*here = t.hashLocal(ctx, pair.local(), h)
	there.Sum = Differs
	if here.Err == nil && string(h.Sum(nil)) == told.Sum {
		there.Sum = here.Sum
	}
}

// hashLocal reads a local file into w as well.
func (t *task) hashLocal(ctx context.Context, i int, w io.Writer) Answer {
	q := t.question(i)
	reader := t.Sides[local].Reader(ctx, []Wanted{q.Wanted})
	defer reader.Close()
	src, err := reader.Open(ctx, 0, 0)
	if err != nil {
		return Answer{Err: err}
	}
	defer src.Close()
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if _, err = io.CopyBuffer(w, struct{ io.Reader }{src}, *buf); err == nil {
		_, err = src.Confirm(ctx)
	}
	switch {
	case err != nil:
		return Answer{Err: fmt.Errorf("sum of %s: %w", q.Path, err)}
	case src.Sum() == "":
		return t.localSum(ctx, i)
	}
	return Answer{Sum: src.Sum()}
}
