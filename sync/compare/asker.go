package compare

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"ferry/manifest"
)

// The sides, as in package sync.
const (
	local  = 0
	remote = 1
)

// runFiles is the most files that are asked for, or read, in one run.
const runFiles = 256

// A Question asks for the content of a file on one side.
type Question struct {
	Wanted
	Side int
	// HashOnly says that the answer is not worth a transfer.
	HashOnly bool
}

// An Answer is the SHA-256 of a content, or why it is not known.
type Answer struct {
	Sum    string // [Differs] where only that is known
	Untold bool   // the side tells no hash, and the content was not worth a transfer
	// Claimed says that only the record of somebody else shows that the content is equal to
	// the local one, see [Claimer].
	Claimed bool
	Err     error
}

// Progress says how far the answers have come. A file that both sides are asked for counts
// once.
type Progress struct {
	Files, FilesTotal int
	Bytes, BytesTotal int64
	ByHash            int   // files that were not read on the remote side
	Read              int64 // bytes that were read on the remote side, with Apart on both
}

// Plus returns p after more was done of the same work.
func (p Progress) Plus(more Progress) Progress {
	p.Files, p.Bytes, p.ByHash, p.Read = p.Files+more.Files, p.Bytes+more.Bytes, p.ByHash+more.ByHash, p.Read+more.Read
	return p
}

// A Count counts what is to be done for questions, one after another.
type Count struct {
	Apart bool // as of an [Asker]
	Total Progress
	last  Question
}

// Add counts a question. It reports whether that is taken together with the one before.
func (c *Count) Add(q Question) (joined bool) {
	second := c.Total.FilesTotal > 0 && q.isOfOtherSide(c.last)
	joined = second && !c.Apart && q.Side == remote && c.last.isPair(q)
	if !second {
		c.Total.FilesTotal++
	}
	if !joined {
		c.Total.BytesTotal += q.Entry.Size
	}
	c.last = q
	return joined
}

// An Asker answers questions.
type Asker struct {
	Sides   [2]Side
	Workers int // runs at the same time
	// Apart says that both sides are asked for their own contents only. Otherwise those of
	// a file that both sides are asked for are compared with each other, since the local
	// side can be read at little cost.
	Apart bool
	// Claims says that a [Claimer] is believed where it says that files are equal.
	Claims bool
	// Tell hears how far the answers have come, one call at a time. It may be nil.
	Tell func(Progress)

	mu  stdsync.Mutex
	now Progress
}

// Answer returns the answers to n questions, in order. question may be called from several
// goroutines. Where two questions that follow one another ask both sides for one file, the
// local one first, they are taken together. An error means that there are no answers: it is
// the end of ctx, or wraps [ErrFatal].
func (a *Asker) Answer(ctx context.Context, n int, question func(i int) Question) ([]Answer, error) {
	t := &task{Asker: a, question: question, answers: make([]Answer, n)}
	pairs, single := t.split()
	if err := t.findClaims(ctx, pairs); err != nil {
		return nil, err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(a.Workers)
	for _, run := range inRuns(pairs, a.Workers) {
		group.Go(func() error { return t.compare(gctx, run) })
	}
	for side, indexes := range single {
		for _, run := range inRuns(indexes, a.Workers) {
			group.Go(func() error { return t.ask(gctx, side, run) })
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return t.answers, nil
}

// progress changes how far the answers have come, and tells it.
func (a *Asker) progress(change func(*Progress)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.now)
	if a.Tell != nil {
		a.Tell(a.now)
	}
}

// A task is a call of [Asker.Answer].
type task struct {
	*Asker
	question func(i int) Question
	answers  []Answer // each is written by one goroutine
	claims   map[int]string
}

// A pair is two questions about one file, by the index of the one for the local side. That
// for the remote side follows it.
type pair int

func (p pair) local() int  { return int(p) }
func (p pair) remote() int { return int(p) + 1 }

// split returns the pairs and, by side, the indexes of the other questions. It counts what is
// to be done.
func (t *task) split() (pairs []pair, single [2][]int) {
	count := Count{Apart: t.Apart}
	for i := range t.answers {
		q := t.question(i)
		if count.Add(q) {
			single[local] = single[local][:len(single[local])-1]
			pairs = append(pairs, pair(i-1))
			continue
		}
		single[q.Side] = append(single[q.Side], i)
	}
	t.progress(func(p *Progress) { *p = count.Total })
	return pairs, single
}

// isOfOtherSide reports whether other asks the other side for the same file.
func (q Question) isOfOtherSide(other Question) bool {
	return other.Side != q.Side && other.Path == q.Path
}

// isPair reports whether other asks the other side for the same file, which may be equal.
func (q Question) isPair(other Question) bool {
	return q.isOfOtherSide(other) && other.Entry.Size == q.Entry.Size && !q.HashOnly && !other.HashOnly
}

// inRuns splits all so that every worker gets its part, and a side can read ahead within a
// run.
func inRuns[T any](all []T, workers int) (runs [][]T) {
	most := min(runFiles, (len(all)+workers-1)/workers)
	for len(all) > 0 {
		n := min(most, len(all))
		runs, all = append(runs, all[:n]), all[n:]
	}
	return runs
}

// wanted returns the files that questions ask for.
func (t *task) wanted(indexes []int) []Wanted {
	wanted := make([]Wanted, len(indexes))
	for n, i := range indexes {
		wanted[n] = t.question(i).Wanted
	}
	return wanted
}

// done counts a file whose content is known now. Of two questions about one file the first counts.
func (t *task) done(i int, byHash bool, rest int64) {
	t.progress(func(p *Progress) {
		if i == 0 || !t.question(i).isOfOtherSide(t.question(i-1)) {
			p.Files++
		}
		p.Bytes += rest
		if byHash {
			p.ByHash++
		}
	})
}

// remotes returns the indexes of the questions of pairs for the remote side.
func remotes(pairs []pair) []int {
	indexes := make([]int, len(pairs))
	for n, p := range pairs {
		indexes[n] = p.remote()
	}
	return indexes
}

// ended reports whether err or the end of ctx ends everything.
func ended(ctx context.Context, err error) bool { return errors.Is(err, ErrFatal) || ctx.Err() != nil }

// endOf returns the error that ends everything.
func endOf(ctx context.Context, p manifest.Path, err error) error {
	if ctx.Err() != nil && err == nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("reading %s: %w", p, err)
}
