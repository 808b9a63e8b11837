package compare

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"ferry/manifest"
)

var (
	// ErrUnsupported means that the side cannot answer this question or carry out this
	// step at all.
	ErrUnsupported = errors.New("not supported by this side")
	// ErrFatal means that nothing more can be done on this side in this pass: the
	// connection is lost and retries have failed, the login was refused, or the root
	// is gone.
	ErrFatal = errors.New("side is lost")
)

// Wanted names a file to be read, as the scan saw it.
type Wanted struct {
	Path  manifest.Path
	Entry manifest.Entry
}

// A Reader reads the files of one run. Only one goroutine may use it.
type Reader interface {
	// Open opens file i of the run at an offset in bytes. The files are opened in
	// order, each closed before the next; some may be left out or opened again. The
	// error wraps [sync.ErrChanged] if the file is known to differ from what was wanted.
	Open(ctx context.Context, i int, offset int64) (Source, error)
	// Close ends the run.
	Close() error
}

// A Source is an open file of one side.
type Source interface {
	io.ReadCloser
	// Confirm confirms that the whole file was read and that it did not change while
	// it was read. It is called once, after EOF and before the content is put in place
	// on the other side. An error wraps [sync.ErrChanged] or [sync.ErrSource].
	Confirm(ctx context.Context) (manifest.Entry, error)
	// Sum returns the SHA-256 of the whole content after EOF, or "" if the source was
	// not read from the beginning.
	Sum() string
}

// A Side is what a comparison needs of a [sync.Replica].
type Side interface {
	Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error)
	Reader(ctx context.Context, run []Wanted) Reader
}

// A Hasher is a [Side] that may tell the hashes of many files at once.
type Hasher interface {
	// Hashes returns what the side tells of each file of run, in order, without a
	// transfer; of many files it may tell nothing. With others it may use an algorithm
	// other than SHA-256. The error is that of ctx, or wraps [ErrFatal].
	Hashes(ctx context.Context, run []Wanted, others bool) ([]Told, error)
}

// A Doubter is a [Hasher] that can be told that it told a wrong hash.
type Doubter interface{ DoubtHashes() }

// Doubt tells side of its mistake if the content of a file turned out to have another
// SHA-256 than was told. Hashes that are not known are no mistake.
func Doubt(side Side, told, found string) {
	if d, ok := side.(Doubter); ok && len(told) == sha256.Size && found != "" && told != found {
		d.DoubtHashes()
	}
}

// Hashes is [Hasher.Hashes] of any side. One that is no Hasher is asked for one file after
// the other.
func Hashes(ctx context.Context, side Side, run []Wanted, others bool) ([]Told, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if h, ok := side.(Hasher); ok {
		return h.Hashes(ctx, run, others)
	}
	all := make([]Told, len(run))
	for i, w := range run {
		sum, err := side.Sum(ctx, w.Path, w.Entry)
		switch {
		case err == nil:
			all[i] = Told{Algorithm: SHA256, Sum: sum}
		case !errors.Is(err, ErrUnsupported):
			all[i] = Told{Err: err}
		}
		if ended(ctx, err) {
			return all[:i], endOf(ctx, w.Path, err)
		}
	}
	return all, nil
}
