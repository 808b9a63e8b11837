package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// hashed reads n bytes of r into h, or less at its end, and returns how many.
func hashed(ctx context.Context, h io.Writer, r io.Reader, n int64) (int64, error) {
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
