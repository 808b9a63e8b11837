package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
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
	sum     hash.Hash
	resumed bool
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
	sum := string(w.sum.Sum(nil))
	told := src.Sum()
	switch {
	case told != "" && told != sum, w.out.Source.Size != w.size:
		if w.resumed {
			return fmt.Errorf("%w: %w", sync.ErrSource, errOtherBeginning)
		}
		return fmt.Errorf("%w: %d bytes came of %d, or other ones than were read", sync.ErrSource, w.size, w.out.Source.Size)
	}
	w.out.Sum = sum
	return nil
}

// buffers are lent to writings and readings.
var buffers = stdsync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}

func (w *writing) copy(ctx context.Context, src io.Reader) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
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

// leave closes the half-written file and removes it, unless it was put in place
// or a later attempt may go on with it.
func (w *writing) leave(ctx context.Context, err error) {
	if w.f != nil {
		w.f.Close()
		w.f = nil
	}
	switch {
	case w.temp == "":
		return
	case w.worthKeeping(ctx, err):
		w.d.left.add(w.s.Path.Parent(), w.temp)
	default:
		if err := w.pl.Remove(w.temp); err != nil && !missing(err) {
			w.d.log.Warn("half-written file is left behind", "path", w.pl.path(w.temp), "error", err)
			w.d.left.add(w.s.Path.Parent(), w.temp)
		}
	}
	w.temp, w.size, w.stamp = "", 0, manifest.Entry{}
}

// worthKeeping reports whether a later attempt may go on with the half-written
// file after err.
func (w *writing) worthKeeping(ctx context.Context, err error) bool {
	broken := errors.Is(err, sync.ErrSource) && !errors.Is(err, sync.ErrChanged) && !errors.Is(err, errOtherBeginning)
	return (broken || context.Cause(ctx) != nil) && w.resumable() && w.size > 0 && w.out.Sum == ""
}

// resumable reports whether a later source can be known to be the same: one
// whose time is only told to the minute may have changed within that.
func (w *writing) resumable() bool { return w.s.Want.Precision < manifest.Minute }

// open opens the half-written file of an earlier attempt at the same source at
// its end, or a new one.
func (w *writing) open(ctx context.Context, old stat) error {
	w.sum, w.size, w.resumed = sha256.New(), 0, false
	mark := fingerprint(w.s.Path, w.s.Want)
	if w.resumable() {
		for name := w.d.left.take(w.s.Path.Parent(), mark); name != ""; name = w.d.left.take(w.s.Path.Parent(), mark) {
			if w.reopen(ctx, name) {
				return nil
			}
			if err := stopped(ctx); err != nil {
				return err
			}
		}
	}
	perm := os.FileMode(0o666)
	if old.kind == manifest.File {
		perm = old.mode.Perm() & 0o600
	}
	for range 10 {
		name := tempName(mark, w.name)
		f, err := w.pl.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm|0o200)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		lock(f)
		w.f, w.temp = f, name
		return nil
	}
	return errors.New("no name is free for a half-written file")
}

// reopen goes on with the half-written file name, if nobody else does, if it is
// no longer than the source, and if no loss of power can have taken content that
// its length still counts.
func (w *writing) reopen(ctx context.Context, name string) bool {
	info, err := w.pl.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > w.s.Want.Size || info.ModTime().Before(booted()) {
		return false
	}
	f, err := w.pl.OpenFile(name, os.O_RDWR|openFlags, 0)
	if err != nil {
		return false
	}
	now, err := f.Stat()
	if err != nil || !os.SameFile(info, now) || !lock(f) {
		f.Close()
		return false
	}
	n, err := hashed(ctx, w.sum, f, info.Size())
	if err != nil || n != info.Size() {
		f.Close()
		w.sum.Reset()
		return false
	}
	w.f, w.temp, w.size, w.resumed = f, name, n, true
	return true
}
