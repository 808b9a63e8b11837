// Package read reads files of an FTP server, small ones before anybody asks for them. See
// [Reader].
package read

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/sync"
)

// mostAheadFailures is how often in one run reading ahead may fail before files are read
// one at a time.
const mostAheadFailures = 2

// A Reader reads the files of a run. It implements [sync.Reader]. A session is held from
// Open to Close of one source, or by a readAhead, never by both, so that one session is
// enough for everything.
type Reader struct {
	env
	ctx      context.Context // of New
	run      []sync.Wanted
	ahead    *readAhead // nil while there is none
	failures int        // files that reading ahead failed at
}

// An env is what all parts of a Reader share.
type env struct {
	server Server
	opts   ftp.Options
}

// New returns a Reader of run, whose files may be read until ctx ends; see
// [sync.Replica.Reader]. Of o it takes Retries, Backoff and Log, with their defaults
// filled in.
func New(ctx context.Context, srv Server, o ftp.Options, run []sync.Wanted) *Reader {
	return &Reader{env: env{srv, o}, ctx: ctx, run: run}
}

// Open implements [sync.Reader].
func (r *Reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	src, err := r.open(ctx, i, offset)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return src, nil
}

func (r *Reader) open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	if offset == 0 && r.run[i].Entry.Size <= aheadFileSize && r.failures < mostAheadFailures {
		if r.ahead == nil {
			r.ahead = startReadAhead(r.ctx, r.env, r.run[i:], i)
		}
		src, err := r.ahead.open(ctx, i)
		switch {
		case err != nil:
			return nil, err
		case src != nil:
			return src, nil
		}
		r.failures++
	}
	if r.ahead != nil {
		if err := r.ahead.halt(ctx); err != nil {
			return nil, err
		}
		r.ahead = nil
	}
	return openFile(ctx, r.env, r.run[i], offset)
}

// Close implements [sync.Reader].
func (r *Reader) Close() error {
	if r.ahead != nil {
		r.ahead.close()
	}
	return nil
}
