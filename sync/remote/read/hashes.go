package read

import (
	"context"
	"errors"
	"io"
	"slices"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/digest"
	"ferry/sync"
	"ferry/sync/compare"
)

// Limits of what a server is to hash at a time, so that its next reply comes soon, and of
// the file that is read to see whether it tells the truth.
const (
	hashFiles    = 200
	hashBytes    = 64 << 20
	provingBytes = 16 << 20
	// mostLostBatches is how many batches may be lost before the server is not asked for hashes
	// for so long: a watch goes on for months.
	mostLostBatches = 2
	lostFor         = 6 * time.Hour
)

// A Hasher asks a server for the hashes of many files at once. What it tells is believed
// once the hash of one file has turned out to be that of its content. It is used by several
// goroutines.
type Hasher struct {
	env

	proving stdsync.Mutex // held while a file is read
	mu      stdsync.Mutex
	lost    int       // batches of several files that got no answer
	tooSlow int64     // the smallest file whose hash did not come in time; 0: there is none
	lostAt  time.Time // when a hash was last waited for in vain
}

// NewHasher returns a Hasher. Of o it takes the same as [New].
func NewHasher(srv Server, o ftp.Options) *Hasher { return &Hasher{env: env{srv, o}} }

// A hashed is a file whose hash was asked for.
type hashed struct {
	Target
	command digest.Command
	at      int // index in the run
	reply   ftp.Reply
}

// Hashes implements [compare.Hasher].
func (h *Hasher) Hashes(ctx context.Context, run []sync.Wanted, others bool) ([]compare.Told, error) {
	told := make([]compare.Told, len(run))
	for from := 0; from < len(run); {
		to, bytes := from, int64(0)
		for ; to < len(run) && to-from < hashFiles && (to == from || bytes+run[to].Entry.Size <= hashBytes); to++ {
			bytes += run[to].Entry.Size
		}
		if err := h.batch(ctx, run[from:to], others, told[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	return told, nil
}

// batch asks for the hashes of a few files. The error is that of ctx, or wraps
// [sync.ErrFatal].
func (h *Hasher) batch(ctx context.Context, run []sync.Wanted, others bool, told []compare.Told) error {
	s, err := h.server.Borrow(ctx)
	if err != nil {
		return fail(ctx, err)
	}
	files := h.commands(s.Features(), run, others)
	if len(files) == 0 {
		h.server.Return(s)
		return nil
	}
	answers, err := h.ask(ctx, s, files)
	h.server.Return(s)
	if err != nil {
		h.opts.Log.Info("no hashes were told", "because", err)
		h.noteLost(ctx, files)
		return fail(ctx, err)
	}
	var known []*hashed
	for i, f := range files {
		switch sum := f.sum(); {
		case answers[i].Err != nil && answers[i].isKnown():
			told[f.at].Err = answers[i].Err
		case answers[i].Err == nil && sum != "":
			told[f.at] = compare.Told{Algorithm: compare.Algorithm(f.command.Algorithm), Sum: sum}
			known = append(known, f)
		}
	}
	if !others {
		return nil // a dry run may ask, and reads nothing
	}
	if believed, err := h.prove(ctx, s.Features(), known); err != nil || believed {
		return err
	}
	for _, f := range known {
		told[f.at] = compare.Told{}
	}
	return nil
}

// fail returns err if it ends everything.
func fail(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, sync.ErrFatal):
		return err
	}
	return nil
}

// commands returns the files whose hashes can be asked for. An empty one may be a pipe, see
// [file.start].
func (h *Hasher) commands(f *ftp.Features, run []sync.Wanted, others bool) (files []*hashed) {
	for i, w := range run {
		at, err := h.server.Path(w)
		if err != nil || w.Entry.Size <= 0 || !h.mayAsk(w.Entry.Size) {
			continue
		}
		if c, ok := ftp.HashCommand(f, at, others); ok && compare.Algorithm(c.Algorithm).Proves() {
			files = append(files, &hashed{Target: Target{w, at}, command: c, at: i})
		}
	}
	return files
}

// ask asks for the hashes, and then what the files are now: what has changed since the
// listing shows.
func (h *Hasher) ask(ctx context.Context, s *ftp.Session, files []*hashed) ([]Answer, error) {
	var b ftp.Batch
	var before string
	targets := make([]Target, len(files))
	for i, f := range files {
		if line := f.command.Before(); line != "" && line != before {
			b.Add(line, nil)
			before = line
		}
		b.Expect(f.command.Line(f.At), &f.reply)
		targets[i] = f.Target
	}
	if files[0].Entry.Size > hashBytes { // it is alone, and what waits behind it must not count as lost
		if err := b.Run(ctx, s); err != nil {
			return nil, err
		}
		b = ftp.Batch{}
	}
	answers := h.server.Ask(&b, s, targets)
	if err := b.Run(ctx, s); err != nil {
		return nil, err
	}
	return answers(), nil
}

// sum returns the hash in the reply, "" where there is none.
func (f *hashed) sum() string {
	if f.reply.Code/100 != 2 {
		return ""
	}
	return f.command.Parse(f.reply.Text, f.At)
}

// prove reports whether the hashes that were told can be believed. For that one of the files
// is read once for each server.
func (h *Hasher) prove(ctx context.Context, features *ftp.Features, known []*hashed) (bool, error) {
	if len(known) == 0 || features.Proven(ftp.TellsRightHash) {
		return true, nil
	}
	h.proving.Lock()
	defer h.proving.Unlock()
	if right, seen := features.Known(ftp.TellsRightHash); seen {
		return right, nil
	}
	f := slices.MinFunc(known, func(a, b *hashed) int { return int(a.Entry.Size - b.Entry.Size) })
	if f.Entry.Size > provingBytes {
		return f.command.Algorithm == digest.SHA256, nil
	}
	sum, err := h.read(ctx, f)
	if err != nil {
		return false, fail(ctx, err)
	}
	right := sum == f.sum()
	features.Observe(ftp.TellsRightHash, right)
	if !right {
		h.opts.Log.Warn("the server tells a wrong hash, so it is not asked for hashes any more", "path", f.At, "algorithm", f.command.Algorithm)
	}
	return right, nil
}

// read returns the hash of the content of a file.
func (h *Hasher) read(ctx context.Context, f *hashed) (string, error) {
	src, err := openFile(ctx, h.env, f.Wanted, 0)
	if err != nil {
		return "", err
	}
	defer src.Close()
	sum := compare.Algorithm(f.command.Algorithm).New()
	if _, err := io.Copy(sum, src); err != nil {
		return "", err
	}
	if _, err := src.Confirm(ctx); err != nil {
		return "", err
	}
	return string(sum.Sum(nil)), nil
}

// mayAsk reports whether the hash of a file of this size can be expected.
func (h *Hasher) mayAsk(size int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.lostAt) >= lostFor {
		h.lost, h.tooSlow = 0, 0
	}
	return h.lost < mostLostBatches && (h.tooSlow == 0 || size < h.tooSlow)
}

// noteLost notes that a batch got no answer.
func (h *Hasher) noteLost(ctx context.Context, files []*hashed) {
	if ctx.Err() != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lostAt = time.Now()
	if size := files[0].Entry.Size; size > hashBytes {
		h.tooSlow = size
	} else {
		h.lost++
	}
}
