package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// hashed reads n bytes of r into h, or less at its end, and returns how many.
func hashed(ctx context.Context, h hash.Hash, r io.Reader, n int64) (int64, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var done int64
	for done < n {
		if err := stopped(ctx); err != nil {
			return done, err
		}
		k, err := r.Read((*buf)[:min(int64(len(*buf)), n-done)])
		h.Write((*buf)[:k])
		done += int64(k)
		switch {
		case errors.Is(err, io.EOF):
			return done, nil
		case err != nil:
			return done, err
		}
	}
	return done, nil
}

// An opened is a file that is being read, and what it was before the first byte.
type opened struct {
	d    *Directory
	home *home
	f    *os.File
	info os.FileInfo
	path manifest.Path
	was  manifest.Entry
	name string
}

// openFile opens the file at p, which is as want says.
func (d *Directory) openFile(ctx context.Context, p manifest.Path, want manifest.Entry) (*opened, error) {
	if err := stopped(ctx); err != nil {
		return nil, err
	}
	h, err := d.home(false)
	if err != nil {
		return nil, err
	}
	o := &opened{d: d, home: h, path: p, name: d.names.existing(p, want)}
	if o.f, o.info, err = d.openLooking(h, p, o.name); err != nil {
		return nil, err
	}
	o.was = h.entry(statOf(o.info))
	if err := same(want, o.was); err != nil {
		o.f.Close()
		return nil, err
	}
	if err := rest(ctx, o.info.ModTime(), h.fine.Load()); err != nil {
		o.f.Close()
		return nil, err
	}
	return o, nil
}

// openLooking opens what has the given name where the file at p is, if it is a
// regular file.
func (d *Directory) openLooking(h *home, p manifest.Path, name string) (*os.File, os.FileInfo, error) {
	info, open, done, err := d.find(h, p, name)
	if err != nil {
		return nil, nil, changedIfGone(err)
	}
	defer done()
	if info == nil || !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("no file any more: %w", sync.ErrChanged)
	}
	f, err := open()
	if err != nil {
		if missing(err) {
			err = fmt.Errorf("%w: %w", sync.ErrChanged, err)
		}
		return nil, nil, err
	}
	now, err := f.Stat()
	if err == nil && !os.SameFile(info, now) {
		err = fmt.Errorf("replaced while it was opened: %w", sync.ErrChanged)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, now, nil
}

// find looks at name where p is, behind links if they are followed. The info is
// nil where nothing is there. open opens it; done is called afterwards.
func (d *Directory) find(h *home, p manifest.Path, name string) (info os.FileInfo, open func() (*os.File, error), done func(), err error) {
	if d.opts.FollowLinks {
		at := (&place{at: d.names.disk(p.Parent())}).path(name)
		info, err = h.Stat(at)
		open = func() (*os.File, error) { return h.OpenFile(at, os.O_RDONLY|openFlags, 0) }
		done = func() {}
	} else {
		pl, err := d.place(h, p.Parent())
		if err != nil {
			return nil, nil, nil, err
		}
		info, err = pl.Lstat(name)
		if err != nil && !missing(err) {
			pl.close()
			return nil, nil, nil, err
		}
		open = func() (*os.File, error) { return pl.OpenFile(name, os.O_RDONLY|openFlags, 0) }
		done = pl.close
	}
	if missing(err) {
		return nil, open, done, nil
	}
	return info, open, done, err
}

// A file whose last change is younger than this may change once more without
// getting another time: the clock of a disk goes in steps.
const (
	tick       = 20 * time.Millisecond
	coarseTick = 2 * time.Second // of a disk that keeps no fraction of a second
)

// rest waits until a change would show in the modification time, on a disk whose
// times are fine or not.
func rest(ctx context.Context, mtime time.Time, fine bool) error {
	step := tick
	if !fine {
		step = coarseTick
	}
	age := time.Since(mtime)
	if age < 0 || age >= step {
		return nil
	}
	select {
	case <-ctx.Done():
		return stopped(ctx)
	case <-time.After(step - age):
		return nil
	}
}

// confirm reports whether the file is what it was before the first byte.
func (o *opened) confirm(ctx context.Context) (manifest.Entry, error) {
	if err := stopped(ctx); err != nil {
		return manifest.Entry{}, err
	}
	info, err := o.f.Stat()
	if err != nil {
		return manifest.Entry{}, err
	}
	now := o.home.entry(statOf(info))
	if err := same(o.was, now); err != nil {
		return manifest.Entry{}, err
	}
	there, _, done, err := o.d.find(o.home, o.path, o.name)
	if err != nil {
		return manifest.Entry{}, changedIfGone(err)
	}
	done()
	if there == nil || !os.SameFile(info, there) {
		return manifest.Entry{}, fmt.Errorf("another file took its place: %w", sync.ErrChanged)
	}
	if o.name != o.path.Base() {
		now.Name = o.name
	}
	return now, nil
}

// Sum implements [sync.Replica].
func (d *Directory) Sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	sum, err := d.sum(ctx, p, want)
	if err != nil {
		return "", fmt.Errorf("sum of %s: %w", p, err)
	}
	return sum, nil
}

func (d *Directory) sum(ctx context.Context, p manifest.Path, want manifest.Entry) (string, error) {
	o, err := d.openFile(ctx, p, want)
	if err != nil {
		return "", err
	}
	defer o.f.Close()
	h := sha256.New()
	n, err := hashed(ctx, h, o.f, 1<<62)
	if err != nil {
		return "", err
	}
	if n != o.was.Size {
		return "", fmt.Errorf("%d bytes of %d: %w", n, o.was.Size, sync.ErrChanged)
	}
	if _, err := o.confirm(ctx); err != nil {
		return "", err
	}
	return string(h.Sum(nil)), nil
}

// Reader implements [sync.Replica].
func (d *Directory) Reader(_ context.Context, run []sync.Wanted) sync.Reader {
	return &reader{d: d, run: run}
}

type reader struct {
	d   *Directory
	run []sync.Wanted
}

// Close implements [sync.Reader].
func (r *reader) Close() error { return nil }

// Open implements [sync.Reader]. Where it opens behind the beginning, it reads
// that first, so that the sum of the whole is known in the end.
func (r *reader) Open(ctx context.Context, i int, offset int64) (sync.Source, error) {
	w := r.run[i]
	o, err := r.d.openFile(ctx, w.Path, w.Entry)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	s := &source{ctx: ctx, o: o, sum: sha256.New()}
	if s.at, err = hashed(ctx, s.sum, o.f, offset); err == nil && s.at < offset {
		err = fmt.Errorf("%d bytes, expected %d at least: %w", s.at, offset, sync.ErrChanged)
	}
	if err != nil {
		o.f.Close()
		return nil, fmt.Errorf("reading %s: %w", w.Path, err)
	}
	return s, nil
}

// A source is a file that is being read.
type source struct {
	ctx context.Context
	o   *opened
	sum hash.Hash
	at  int64
}

// Read implements [io.Reader].
func (s *source) Read(b []byte) (int, error) {
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	n, err := s.o.f.Read(b)
	s.sum.Write(b[:n])
	s.at += int64(n)
	return n, err
}

// Confirm implements [sync.Source].
func (s *source) Confirm(ctx context.Context) (manifest.Entry, error) {
	now, err := s.o.confirm(ctx)
	if err == nil && s.at != now.Size {
		err = fmt.Errorf("read to %d of %d bytes: %w", s.at, now.Size, sync.ErrSource)
	}
	if err != nil {
		return manifest.Entry{}, fmt.Errorf("reading %s: %w", s.o.path, err)
	}
	return now, nil
}

// Sum implements [sync.Source].
func (s *source) Sum() string {
	if s.at != s.o.was.Size {
		return ""
	}
	return string(s.sum.Sum(nil))
}

// Close implements [io.Closer].
func (s *source) Close() error { return s.o.f.Close() }
