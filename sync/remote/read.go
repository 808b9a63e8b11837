package remote

import (
	"context"
	"fmt"

	"ferry/sync"
)

// mostAheadFailures is how often in one run reading ahead may fail before files are read
// one at a time.
const mostAheadFailures = 2

// A reader implements [sync.Reader]. A session is held from Open to Close of one source,
// or by a readAhead, never by both, so that one session is enough for everything.
type reader struct {
	*server
	ctx      context.Context // of [sync.Replica.Reader]
	run      []sync.Wanted
	ahead    *readAhead // nil while there is none
	failures int        // files that reading ahead failed at
}

// Open implements [sync.Reader].
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	src, err := r.open(ctx, i, offset)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return src, nil
}

func (r *reader) open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	if offset == 0 && r.run[i].Entry.Size <= aheadFileSize && r.failures < mostAheadFailures {
		if r.ahead == nil {
			r.ahead = startReadAhead(r.ctx, r.server, r.run[i:], i)
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
	return openFile(ctx, r.server, r.run[i], offset)
}

// Close implements [sync.Reader].
func (r *reader) Close() error {
	if r.ahead != nil {
		r.ahead.close()
	}
	return nil
}
