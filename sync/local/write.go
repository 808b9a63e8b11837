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
	"ferry/sync/ahead"
)

// A fileWriter carries out one Put.
type fileWriter struct {
	d    *Directory
	root *rootDir
	step sync.Step
	dir  *dirHandle
	name string // the real name of the file, as it is spelled on disk
	out  *sync.Outcome

	temp     string       // name of the temporary file, "" while there is none
	f        *os.File     // the temporary file
	size     int64        // of the temporary file
	place    *ahead.Place // where the source puts later parts of the file; nil: it does not
	sum      *contentHash
	resumed  bool           // the temporary file is from an earlier attempt
	complete bool           // it holds the whole source
	readOnly bool           // the old version is read-only, see readOnlyKeeps
	written  manifest.Entry // what it was when it was complete
}

// put writes a temporary file and renames it to its real name.
func (d *Directory) put(ctx context.Context, root *rootDir, s sync.Step, batch *durableBatch) (out sync.Outcome) {
	if !s.Expect.Exists() {
		if err := checkNew(s.Path); err != nil {
			return sync.Outcome{Err: err}
		}
	}
	dir, err := d.openDir(root, s.Path.Parent())
	if err != nil {
		if s.Expect.Exists() {
			err = changedIfGone(err)
		}
		return sync.Outcome{Err: err}
	}
	defer dir.close()
	w := &fileWriter{d: d, root: root, step: s, dir: dir, out: &out}
	w.name = w.diskName()
	if out.Err = w.run(ctx, batch); out.Err != nil && isFull(out.Err) {
		out.Err = fmt.Errorf("%w: %w", sync.ErrFull, out.Err)
	}
	w.discardTemp(ctx, out.Err)
	return out
}

// diskName returns the real name of the file as it is, or will be, spelled on disk.
func (w *fileWriter) diskName() string {
	if w.step.Expect.Exists() {
		return w.d.spellings.expectedName(w.step.Path, w.step.Expect)
	}
	if known := w.d.spellings.diskName(w.step.Path); known != w.step.Path.Base() {
		return known
	}
	return newName(w.step.Path, w.step.Want)
}

func (w *fileWriter) run(ctx context.Context, batch *durableBatch) error {
	old, _, err := w.dir.expect(w.name, w.step.Expect)
	if err != nil {
		return err
	}
	if err := w.checkPossible(); err != nil {
		return err
	}
	err = w.fill(ctx, old)
	for w.resumed && errors.Is(err, errOtherSource) {
		w.discardTemp(ctx, err)
		err = w.fill(ctx, old)
	}
	if err != nil {
		return err
	}
	if err := stopped(ctx); err != nil {
		return err
	}
	if _, err := w.d.currentRoot(); err != nil {
		return err
	}
	latest, now, err := w.dir.expect(w.name, w.step.Expect)
	if err != nil {
		return err
	}
	w.noteReadOnly(latest)
	if w.step.Keep != "" && w.step.Keep == w.out.Sum {
		w.out.Kept = true
		w.out.Entry = w.d.withSpelling(w.step.Path, now, w.name)
		return nil
	}
	if err := w.install(batch); err != nil {
		return err
	}
	w.keepReadOnly(w.dir, w.name)
	w.out.Entry = w.d.withSpelling(w.step.Path, w.installed(), w.name)
	batch.dirty(w.dir)
	return nil
}

// checkPossible returns an error if the file certainly cannot be written, so that
// the source is not read for nothing.
func (w *fileWriter) checkPossible() error {
	if w.step.Expect.Exists() {
		if err := checkMovable(w.dir, w.name); err != nil {
			return err
		}
	}
	if free := w.dir.free(); w.step.Want.Size > free {
		return fmt.Errorf("%w: %d bytes are needed and %d are free", sync.ErrFull, w.step.Want.Size, free)
	}
	return nil
}

// errOtherSource says that a resumed temporary file did not hold the beginning of
// this source.
var errOtherSource = errors.New("the temporary file does not belong to this source")

// fill copies the source to a temporary file, and gives the file its mode and time.
func (w *fileWriter) fill(ctx context.Context, old stat) error {
	if err := w.openTemp(ctx, old); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	src, err := w.openSource(ctx)
	if err != nil {
		return err
	}
	defer src.Close()
	if s, ok := src.(ahead.Spreader); ok {
		w.place = ahead.New(w.f, w.step.Want.Size, w.step.Progress)
		s.Spread(w.place)
	}
	if err := w.copy(ctx, src); err != nil {
		return err
	}
	if err := w.finish(old); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	if w.out.Source, err = src.Confirm(ctx); err != nil {
		return fmt.Errorf("%w: %w", sync.ErrSource, err)
	}
	sum, told := w.sum.sum(), src.Sum()
	switch {
	case told != "" && sum != "" && told != sum, w.out.Source.Size != w.size, w.resumed && told == "" && !w.identified():
		if w.resumed {
			return fmt.Errorf("%w: %w", sync.ErrSource, errOtherSource)
		}
		return fmt.Errorf("%w: received %d bytes of %d, or other bytes than were read", sync.ErrSource, w.size, w.out.Source.Size)
	}
	if told == "" && (w.resumed || w.place.Unproven()) {
		sum = "" // not all of it was compared
	}
	w.out.Sum, w.complete = sum, true
	return nil
}

func (w *fileWriter) copy(ctx context.Context, src io.Reader) error {
	pool := &smallBuffers
	if w.step.Want.Size >= largeBufferSize {
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

// write adds the next bytes. Those that the source has put into place are there.
func (w *fileWriter) write(b []byte) error {
	n, err, placed := len(b), error(nil), w.place.Holds(w.size, len(b))
	if !placed {
		n, err = w.f.WriteAt(b, w.size)
	}
	w.size += int64(n)
	w.out.Bytes += int64(n)
	w.sum.Write(b[:n])
	if err != nil {
		return err
	}
	if w.step.Progress != nil && !placed {
		w.step.Progress(int64(n))
	}
	return nil
}

// finish gives the temporary file its owner, mode and time, syncs it to disk, and records
// its entry. But for the time of the last change, the rename does not alter that.
func (w *fileWriter) finish(old stat) error {
	if err := w.place.Complete(); err != nil {
		return err
	}
	if old.kind == manifest.File && !readOnlyKeeps {
		w.keepRights(old)
	}
	if w.root.modes && w.step.Want.Mode != 0 {
		if err := w.f.Chmod(permOf(w.step.Want)); err != nil {
			w.d.log.Info("mode was not set", "path", w.step.Path, "error", err)
		}
	}
	if err := w.setTime(); err != nil {
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
	open := statOpen(w.f, mine)
	if closeFirst {
		if err := errors.Join(w.f.Close(), w.setTime()); err != nil {
			return err
		}
	}
	now, err := w.dir.Lstat(w.temp)
	if err != nil {
		return err
	}
	if !os.SameFile(mine, now) || now.Size() != w.size {
		return fmt.Errorf("another process changed %s: %w", w.temp, sync.ErrChanged)
	}
	closed := statOf(now)
	closed.device, closed.inode = open.device, open.inode
	w.written = w.root.entry(closed)
	return nil
}

// installed returns the entry of the file under its real name. The rename has set
// the time of the last change, which counts only if nothing else has changed.
func (w *fileWriter) installed() manifest.Entry {
	entry := w.written
	entry.Changed = 0
	if _, now, err := w.dir.lookup(w.name); err == nil && now.ID == entry.ID && same(entry, now) == nil {
		entry.Changed = now.Changed
	}
	return entry
}

// keepRights gives the temporary file the owner and the permission bits of the file that
// it will replace, but never set-uid or set-gid: those were given to another content. If
// its group cannot be kept, the members of the other one get no more rights than all.
func (w *fileWriter) keepRights(old stat) {
	perm := old.mode.Perm()
	if !w.keepOwner() {
		perm = perm&^0o070 | perm&0o007<<3&perm
	}
	if err := w.f.Chmod(perm); err != nil {
		w.d.log.Info("mode was not kept", "path", w.step.Path, "error", err)
	}
}

func (w *fileWriter) setTime() error {
	if w.step.Want.Precision == manifest.NoTime {
		return nil
	}
	return w.dir.Chtimes(w.temp, time.Time{}, time.Unix(0, w.step.Want.ModTime))
}
