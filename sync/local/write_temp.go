package local

import (
	"context"
	"errors"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// discardTemp closes the temporary file and removes it, unless it has its real
// name by now or a later attempt may resume it.
//
// A file that is kept ends where its source was read up to: what the source has put into
// place ahead of that is gone.
func (w *fileWriter) discardTemp(ctx context.Context, err error) {
	cut := w.place.Cut(w.size)
	w.place = nil
	if w.f != nil {
		w.f.Close()
		w.f = nil
	}
	switch {
	case w.temp == "":
		return
	case cut == nil && w.worthKeeping(ctx, err):
		w.d.temps.keep(w.step.Path.Parent(), w.temp)
	default:
		if err := w.dir.Remove(w.temp); err != nil && !isMissing(err) {
			w.d.log.Warn("the temporary file could not be removed", "path", w.dir.path(w.temp), "error", err)
			w.d.temps.add(w.step.Path.Parent(), w.temp)
		}
	}
	w.temp, w.size, w.written = "", 0, manifest.Entry{}
}

// worthKeeping reports whether a later attempt may resume the temporary file after
// err.
func (w *fileWriter) worthKeeping(ctx context.Context, err error) bool {
	broken := errors.Is(err, sync.ErrSource) && !errors.Is(err, sync.ErrChanged) && !errors.Is(err, errOtherSource)
	return (broken || context.Cause(ctx) != nil) && w.resumable() && w.step.Want.Size >= sync.ResumeFrom && w.size > 0 && !w.complete
}

// resumable reports whether a later attempt can tell that the source is the same.
// It cannot if the time is exact to the minute only: the source may have changed
// within that minute.
func (w *fileWriter) resumable() bool { return w.step.Want.Precision < manifest.Minute }

// openTemp opens the temporary file of an earlier attempt at the same source, at
// its end, or creates a new one.
func (w *fileWriter) openTemp(ctx context.Context, old stat) error {
	w.sum, w.size, w.resumed = newContentHash(w.step.Want.Size, w.step.Keep != ""), 0, false
	mark := fingerprint(w.step.Path, w.step.Want)
	if w.resumable() {
		for name := w.d.temps.take(w.step.Path.Parent(), mark); name != ""; name = w.d.temps.take(w.step.Path.Parent(), mark) {
			if w.resumeTemp(ctx, name) {
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
	w.d.temps.journal.Begin(string(w.step.Path.Parent()))
	for range 10 {
		name := w.d.temps.newName(mark)
		f, err := w.dir.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm|0o200)
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
	return errors.New("no free name for a temporary file")
}

// resumeTemp opens the temporary file name to write on at its end, and reports
// whether it did. It does not if the file is longer than the source or another
// process writes it. A file from before the system started is not resumed either:
// after a power failure its length may count content that was never stored.
func (w *fileWriter) resumeTemp(ctx context.Context, name string) bool {
	info, err := w.dir.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > w.step.Want.Size || info.ModTime().Before(bootTime()) {
		return false
	}
	f, err := w.dir.OpenFile(name, os.O_RDWR|openFlags, 0)
	if err != nil {
		return false
	}
	now, err := f.Stat()
	if err != nil || !os.SameFile(info, now) || !lock(f) {
		f.Close()
		return false
	}
	w.sum = newContentHash(w.step.Want.Size, true)
	n, err := copyN(ctx, w.sum, f, info.Size())
	if err != nil || n != info.Size() {
		f.Close()
		w.sum = newContentHash(w.step.Want.Size, w.step.Keep != "")
		return false
	}
	w.f, w.temp, w.size, w.resumed = f, name, n, true
	return true
}
