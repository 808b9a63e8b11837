package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// Reader implements [sync.Replica]. A session is held from Open to Close of one
// source, or by a prefetch, never by both, so that one session is enough for
// everything.
func (d *Directory) Reader(ctx context.Context, run []sync.Wanted) sync.Reader {
	return &reader{d: d, ctx: ctx, run: run}
}

type reader struct {
	d       *Directory
	ctx     context.Context // of Reader
	run     []sync.Wanted
	x       *prefetch // nil while there is none
	strikes int       // files that a prefetch failed at
}

// mostFetchStrikes is how often in one run a prefetch may fail before files are read
// one at a time.
const mostFetchStrikes = 2

// Close implements [sync.Reader].
func (r *reader) Close() error {
	if r.x != nil {
		r.x.close()
	}
	return nil
}

// Open implements [sync.Reader].
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	if offset == 0 && r.run[i].Entry.Size <= fetchFile && r.strikes < mostFetchStrikes {
		if r.x == nil {
			r.x = newPrefetch(r.ctx, r.d, r.run, i)
		}
		m, err := r.x.open(ctx, i)
		switch {
		case err != nil:
			return nil, fmt.Errorf("reading %s: %w", r.run[i].Path, err)
		case m != nil:
			return m, nil
		}
		r.strikes++
	}
	if r.x != nil {
		if err := r.x.halt(ctx); err != nil {
			return nil, err
		}
		r.x = nil
	}
	w := r.run[i]
	f := &file{d: r.d, ctx: ctx, want: w, at: r.d.names.at(w.Path, w.Entry), pos: offset}
	err := checkPlace(f.at)
	if err == nil && r.d.dropsTrailingSpace(f.at.name) {
		err = fmt.Errorf("%w: the server drops the space at the end of %q", manifest.ErrName, f.at.name)
	}
	if err == nil {
		err = f.start()
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return f, nil
}

// A file is a file of the server that is being read.
type file struct {
	d    *Directory
	ctx  context.Context // of Open
	want sync.Wanted
	at   place

	s     *ftp.Session  // lent from start to release
	data  *ftp.Download // nil where nothing is transferred
	pos   int64         // of the next byte
	tries int           // attempts that broke off since the last byte came
	short int           // attempts that were called complete and were not
	err   error
}

// start begins the transfer at pos. An empty rest is not transferred: a pipe is
// listed with size 0 by several servers, and asking for its content stops them
// for good.
func (f *file) start() error {
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	if f.pos >= f.want.Entry.Size {
		return nil
	}
	for {
		err := f.connect()
		if err == nil {
			return nil
		}
		f.release()
		if !f.again(err) {
			return f.refused(err)
		}
	}
}

func (f *file) connect() (err error) {
	if f.s, err = f.d.borrow(f.ctx); err != nil {
		return err
	}
	if f.data, err = f.s.Retrieve(f.ctx, f.at.String(), f.offset()); err != nil || f.offset() == f.pos {
		return err
	}
	n, err := io.CopyN(io.Discard, f.data, f.pos)
	if err == io.EOF {
		err = fmt.Errorf("%w: it ends at %d bytes: %w", sync.ErrSource, n, sync.ErrChanged)
	}
	return err
}

// offset is where the server is asked to begin: at pos, or at the start where it
// cannot go anywhere else.
func (f *file) offset() int64 {
	if f.d.features.Rest {
		return f.pos
	}
	return 0
}

// again waits before another attempt, and is false where there is none.
func (f *file) again(err error) bool {
	if f.tries >= f.d.opts.Retries || !ftp.Retryable(err) || f.ctx.Err() != nil {
		return false
	}
	f.tries++
	f.d.opts.Log.Info("trying again", "what", "RETR", "path", f.at.String(), "attempt", f.tries, "because", err)
	return ftp.Sleep(f.ctx, f.d.opts.Backoff(f.tries-1)) == nil
}

// refused tells a file that is another one by now from one that cannot be read.
func (f *file) refused(err error) error {
	if f.ctx.Err() != nil || !isFinal(err) || errors.Is(err, sync.ErrFatal) {
		return err
	}
	if _, differs := f.look(); errors.Is(differs, sync.ErrChanged) {
		return errors.Join(differs, err)
	}
	return err
}

// release gives the session back; one with a transfer under way is given up.
func (f *file) release() {
	if f.data != nil {
		f.data.Abort()
		f.data = nil
	}
	if f.s != nil {
		f.d.pool.Return(f.s)
		f.s = nil
	}
}

// Read implements [io.Reader]. A transfer that breaks off goes on where it was,
// on another session; Confirm makes sure that the file is still the same.
func (f *file) Read(p []byte) (int, error) {
	for f.err == nil {
		if f.data == nil {
			return 0, io.EOF
		}
		n, err := f.data.Read(p)
		if n > 0 {
			f.advance(n)
			return n, f.err
		}
		switch {
		case err == io.EOF && f.pos == f.want.Entry.Size:
			return 0, io.EOF
		case err == io.EOF:
			f.err = f.endedEarly()
		case err != nil:
			f.err = f.resume(err)
		}
	}
	return 0, f.err
}

func (f *file) advance(n int) {
	f.pos += int64(n)
	f.tries = 0
	if f.pos > f.want.Entry.Size {
		f.err = fmt.Errorf("%w: it is longer than the %d bytes that were listed: %w", sync.ErrSource, f.want.Entry.Size, sync.ErrChanged)
	}
}

// endedEarly looks at a transfer that was shorter than listed. With the server's
// word that it is complete the file has shrunk, unless the server also says that it
// is as it was; else it goes on.
func (f *file) endedEarly() error {
	if _, err := f.data.Finish(); err != nil {
		return f.resume(err)
	}
	f.data = nil
	short := fmt.Errorf("%w: %d bytes came of the %d that were listed: %w", sync.ErrSource, f.pos, f.want.Entry.Size, sync.ErrChanged)
	if f.short >= f.d.opts.Retries {
		return short
	}
	if _, err := f.look(); err != nil {
		return short
	}
	f.short++
	f.d.opts.Log.Info("trying again", "what", "RETR", "path", f.at.String(), "because", short)
	f.release()
	return f.start()
}

func (f *file) resume(err error) error {
	if f.s != nil {
		f.s.GiveUp()
	}
	f.release()
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	if !f.again(err) {
		return f.refused(err)
	}
	return f.start()
}

// Confirm implements [sync.Source].
func (f *file) Confirm(ctx context.Context) (manifest.Entry, error) {
	if f.err != nil {
		return manifest.Entry{}, f.err
	}
	if f.pos != f.want.Entry.Size {
		return manifest.Entry{}, fmt.Errorf("%w: %d bytes of %d were read", sync.ErrSource, f.pos, f.want.Entry.Size)
	}
	if f.data != nil {
		if _, err := f.data.Finish(); err != nil && isFinal(err) {
			return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
		f.data = nil
	}
	// A final reply that was lost, or that speaks of a broken connection, says
	// less than the number of bytes and the look that follows.
	f.ctx = ctx
	now, err := f.look()
	if err != nil {
		return manifest.Entry{}, err
	}
	return now, nil
}

// look asks for the file as it is now. The error wraps [sync.ErrChanged] where
// that is not what was wanted.
func (f *file) look() (manifest.Entry, error) {
	var now stat
	ask := func(ctx context.Context, s *ftp.Session) error {
		seen, err := f.d.stat(ctx, s, []place{f.at})
		if err == nil {
			now = seen[0]
		}
		return err
	}
	var err error
	if f.s != nil && !f.s.Dead() {
		err = ask(f.ctx, f.s)
	}
	if f.s == nil || f.s.Dead() || err != nil {
		f.release()
		err = f.d.do(f.ctx, "looking at what was read", ask)
	}
	if err == nil {
		err = now.err
	}
	if err == nil {
		err = unchanged(f.want.Path, f.want.Entry, now.entry)
	}
	return withDetails(f.want.Entry, now.entry), err
}

// Sum implements [sync.Source]. The one who writes the content makes its sum.
func (f *file) Sum() string { return "" }

// Close implements [io.Closer].
func (f *file) Close() error {
	f.release()
	return nil
}
