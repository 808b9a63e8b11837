package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	stdsync "sync"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A writing is one Put under way.
type writing struct {
	d    *Directory
	home *home
	s    sync.Step
	pl   *place
	name string // the real name, as it is spelled on disk
	out  *sync.Outcome

	temp    string // name of the half-written file, "" while there is none
	f       *os.File
	size    int64
	sum     *tally
	resumed bool
	whole   bool           // all of the source is in it
	stamp   manifest.Entry // seen on the half-written file when it was whole
}

// put writes a file beside and renames it into place.
func (d *Directory) put(ctx context.Context, h *home, s sync.Step, b *batch) (out sync.Outcome) {
	pl, err := d.place(h, s.Path.Parent())
	if err != nil {
		if s.Expect.Exists() {
			err = changedIfGone(err)
		}
		return sync.Outcome{Err: err}
	}
	defer pl.close()
	w := &writing{d: d, home: h, s: s, pl: pl, out: &out}
	w.name = w.spelled()
	if out.Err = w.run(ctx, b); out.Err != nil && full(out.Err) {
		out.Err = fmt.Errorf("%w: %w", sync.ErrFull, out.Err)
	}
	w.leave(ctx, out.Err)
	return out
}

// spelled returns the real name as it is, or will be, spelled on disk.
func (w *writing) spelled() string {
	if w.s.Expect.Exists() {
		return w.d.names.existing(w.s.Path, w.s.Expect)
	}
	if known := w.d.names.name(w.s.Path); known != w.s.Path.Base() {
		return known
	}
	return newName(w.s.Path, w.s.Want)
}

func (w *writing) run(ctx context.Context, b *batch) error {
	old, _, err := w.pl.expect(w.name, w.s.Expect)
	if err != nil {
		return err
	}
	if err := w.possible(); err != nil {
		return err
	}
	err = w.fill(ctx, old)
	if err != nil && w.resumed && errors.Is(err, errOtherBeginning) {
		w.leave(ctx, err)
		err = w.fill(ctx, old)
	}
	if err != nil {
		return err
	}
	if err := stopped(ctx); err != nil {
		return err
	}
	if _, err := w.d.home(false); err != nil {
		return err
	}
	_, now, err := w.pl.expect(w.name, w.s.Expect)
	if err != nil {
		return err
	}
	if w.s.Keep != "" && w.s.Keep == w.out.Sum {
		w.out.Kept = true
		w.out.Entry = w.d.named(w.s.Path, now, w.name)
		return nil
	}
	if err := w.install(b); err != nil {
		return err
	}
	w.out.Entry = w.d.named(w.s.Path, w.stamp, w.name)
	b.dirty(w.pl)
	return nil
}

// possible reports why the file cannot be written, before anything is read.
func (w *writing) possible() error {
	if !w.s.Expect.Exists() {
		if err := checkNew(w.s.Path); err != nil {
			return err
		}
	}
	if free := w.pl.free(); w.s.Want.Size > free {
		return fmt.Errorf("%w: %d bytes are needed and %d are free", sync.ErrFull, w.s.Want.Size, free)
	}
	return nil
}

// errOtherBeginning says that a half-written file that was gone on with did not
// hold the beginning of this source.
var errOtherBeginning = errors.New("the half-written file did not belong to this source")

// fill brings the content from the source into a half-written file and stamps
// that.
func (w *writing) fill(ctx context.Context, old stat) error {
	if err := w.open(ctx, old); err != nil {
		return fmt.Errorf("writing beside: %w", err)
	}
	src, err := w.s.Open(ctx, w.size)
	if err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	defer src.Close()
	if err := w.copy(ctx, src); err != nil {
		return err
	}
	if err := w.finish(old); err != nil {
		return fmt.Errorf("writing beside: %w", err)
	}
	if w.out.Source, err = src.Confirm(ctx); err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	sum, told := w.sum.sum(), src.Sum()
	switch {
	case told != "" && sum != "" && told != sum, w.out.Source.Size != w.size:
		if w.resumed {
			return fmt.Errorf("%w: %w", sync.ErrSource, errOtherBeginning)
		}
		return fmt.Errorf("%w: %d bytes came of %d, or other ones than were read", sync.ErrSource, w.size, w.out.Source.Size)
	}
	w.out.Sum, w.whole = sum, true
	return nil
}

// buffers are lent to writings and readings.
var (
	buffers      = stdsync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}
	largeBuffers = stdsync.Pool{New: func() any { b := make([]byte, largeBuffer); return &b }}
)

// largeBuffer is the size of a buffer for files of that size and more.
const largeBuffer = 1 << 20

func (w *writing) copy(ctx context.Context, src io.Reader) error {
	pool := &buffers
	if w.s.Want.Size >= largeBuffer {
		pool = &largeBuffers
	}
	buf := pool.Get().(*[]byte)
	defer pool.Put(buf)
	for {
		n, err := src.Read(*buf)
		if n > 0 {
			if err := stopped(ctx); err != nil {
				return err
			}
			if err := w.write((*buf)[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return stopped(ctx)
		case err != nil:
			return fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
	}
}

func (w *writing) write(b []byte) error {
	n, err := w.f.Write(b)
	w.size += int64(n)
	w.out.Bytes += int64(n)
	w.sum.Write(b[:n])
	if err != nil {
		return err
	}
	if w.s.Progress != nil {
		w.s.Progress(int64(n))
	}
	return nil
}

// finish gives the half-written file its mode and time, makes it safe, and notes
// what the disk shows of it: that is what it will show of the file.
func (w *writing) finish(old stat) error {
	if old.kind == manifest.File {
		if err := w.f.Chmod(old.mode.Perm()); err != nil {
			w.d.log.Info("mode was not kept", "path", w.s.Path, "error", err)
		}
	}
	if err := w.settime(); err != nil {
		return err
	}
	if !w.d.opts.NoSync {
		if err := w.f.Sync(); err != nil {
			return err
		}
	}
	mine, err := w.f.Stat()
	if err != nil {
		return err
	}
	if closeFirst {
		if err := errors.Join(w.f.Close(), w.settime()); err != nil {
			return err
		}
	}
	now, err := w.pl.Lstat(w.temp)
	if err != nil {
		return err
	}
	if !os.SameFile(mine, now) || now.Size() != w.size {
		return fmt.Errorf("somebody changed %s: %w", w.temp, sync.ErrChanged)
	}
	w.stamp = w.home.entry(statOf(now))
	return nil
}

func (w *writing) settime() error {
	if w.s.Want.Precision == manifest.NoTime {
		return nil
	}
	return w.pl.Chtimes(w.temp, time.Time{}, time.Unix(0, w.s.Want.ModTime))
}
