package local

import (
	"context"
	"errors"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

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
	return (broken || context.Cause(ctx) != nil) && w.resumable() && w.size > 0 && !w.whole
}

// resumable reports whether a later source can be known to be the same: one
// whose time is only told to the minute may have changed within that.
func (w *writing) resumable() bool { return w.s.Want.Precision < manifest.Minute }

// open opens the half-written file of an earlier attempt at the same source at
// its end, or a new one.
func (w *writing) open(ctx context.Context, old stat) error {
	w.sum, w.size, w.resumed = newTally(w.s.Want.Size, w.s.Keep != ""), 0, false
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
	w.sum = newTally(w.s.Want.Size, true)
	n, err := hashed(ctx, w.sum, f, info.Size())
	if err != nil || n != info.Size() {
		f.Close()
		w.sum = newTally(w.s.Want.Size, w.s.Keep != "")
		return false
	}
	w.f, w.temp, w.size, w.resumed = f, name, n, true
	return true
}
