package read

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool/shared"
	"ferry/manifest"
	"ferry/sync"
)

// A file is a file of the server that is being read. It implements [sync.Source].
type file struct {
	env
	Target
	ctx context.Context // of Open, then of Confirm

	s          *ftp.Session  // borrowed from start to release
	data       *ftp.Download // nil where nothing is transferred
	pos        int64         // of the next byte
	tail       []byte        // the last bytes that were read, to be compared when a transfer goes on
	partly     bool          // not everything came in one transfer
	told       string        // the hash that the server told, if not everything came in one transfer
	attempts   int           // that broke off since the last byte came
	shortReads int           // attempts that the server called complete and were not
	deflated   deflated      // see file_deflate.go
	err        error

	roundTrip time.Duration // to the server and back, as the last transfer began
	noREST    atomic.Bool   // the server does not begin where REST says
	spread    *segments     // nil: only one session reads
}

func openFile(ctx context.Context, e env, w sync.Wanted, offset int64) (*file, error) {
	at, err := e.server.Path(w)
	if err != nil {
		return nil, err
	}
	f := &file{env: e, Target: Target{w, at}, ctx: ctx, pos: offset, partly: offset > 0}
	if err := f.start(); err != nil {
		return nil, err
	}
	return f, nil
}

// start begins the transfer at pos. An empty rest is not transferred: several servers
// list a pipe with size 0, and asking for its content stops them for good.
func (f *file) start() error {
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	if f.pos >= f.Entry.Size && !f.deflated.compare {
		return nil
	}
	for {
		err := f.retrieve()
		if err == nil {
			return nil
		}
		f.release()
		if !f.leavesDeflated(err) && !f.tryAgain(err) {
			return f.explain(err)
		}
	}
}

// tripsToBegin is how many round trips it takes to begin a transfer in passive mode.
const tripsToBegin = 3

// retrieve begins the transfer on a session. A server without REST sends the file from
// its start. Where a transfer goes on, the last bytes are read again: the file may be
// another one by now.
func (f *file) retrieve() (err error) {
	ctx := f.ctx
	if f.Entry.Size-f.pos >= sync.ResumeFrom {
		ctx = shared.Long(ctx)
	}
	if f.s, err = f.server.Borrow(ctx); err != nil {
		return err
	}
	from, offset := f.pos-int64(len(f.tail)), int64(0)
	if f.s.Features().HasREST() && !f.noREST.Load() && !f.deflated.compare {
		offset = from
	}
	begun := time.Now()
	if f.data, err = f.receive(offset); err != nil {
		return err
	}
	f.roundTrip = time.Since(begun) / tripsToBegin
	if f.deflated.compare {
		return f.compareAll()
	}
	f.partly = f.partly || f.pos > 0
	if offset < from {
		n, err := io.CopyN(io.Discard, f.data, from)
		if err == io.EOF {
			return fmt.Errorf("%w: it ends at %d bytes: %w", sync.ErrSource, n, sync.ErrChanged)
		}
		if err != nil {
			return err
		}
	}
	return f.compareTail()
}

// explain tells a file that has changed from one that cannot be read.
func (f *file) explain(err error) error {
	if f.ctx.Err() != nil || !ftp.IsFinal(err) || errors.Is(err, sync.ErrFatal) {
		return err
	}
	if _, differs := f.check(); errors.Is(differs, sync.ErrChanged) {
		return errors.Join(differs, err)
	}
	return err
}

// release gives the session back. A transfer under way is aborted.
func (f *file) release() {
	if f.data != nil {
		f.data.Abort()
		f.data = nil
	}
	if f.s != nil {
		f.server.Return(f.s)
		f.s = nil
	}
}

// Read implements [io.Reader]. A transfer that breaks off goes on where it was, on
// another session; Confirm makes sure that the file is still the same.
func (f *file) Read(p []byte) (int, error) {
	if f.spread != nil {
		return f.spread.read(p)
	}
	return f.readOn(p)
}

// readOn is Read on one session.
func (f *file) readOn(p []byte) (int, error) {
	size := f.Entry.Size
	for f.err == nil {
		if f.data == nil {
			return 0, io.EOF
		}
		n, err := f.data.Read(p)
		if n > 0 {
			f.pos += int64(n)
			f.keepTail(p[:n])
			f.noteDeflated(p[:n])
			f.attempts = 0
			if f.pos > size {
				f.err = fmt.Errorf("%w: it is longer than the %d bytes that were listed: %w", sync.ErrSource, size, sync.ErrChanged)
			} else if f.comesSoonerDeflated() {
				f.err = f.beginDeflated()
			}
			return n, f.err
		}
		switch {
		case err == io.EOF && f.pos == size:
			return 0, io.EOF
		case err == io.EOF:
			f.err = f.endedEarly()
		case err != nil:
			f.err = f.resume(err)
		}
	}
	return 0, f.err
}

// Confirm implements [sync.Source].
func (f *file) Confirm(ctx context.Context) (manifest.Entry, error) {
	if f.spread != nil {
		f.spread.stop()
	}
	if f.err != nil {
		return manifest.Entry{}, f.err
	}
	if f.pos != f.Entry.Size {
		return manifest.Entry{}, fmt.Errorf("%w: %d bytes of %d were read", sync.ErrSource, f.pos, f.Entry.Size)
	}
	if f.data != nil {
		// A final reply that was lost, or that speaks of a broken connection, says less
		// than the number of bytes and the question that follows.
		if _, err := f.data.Finish(); err != nil && (ftp.IsFinal(err) || !f.data.Proven()) {
			return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
		f.data = nil
	}
	f.ctx = ctx
	now, err := f.check()
	if err == nil && f.partly && f.TellsHash() {
		f.release() // one session must be enough
		f.told, err = f.server.Sum(ctx, f.Wanted)
		if errors.Is(err, sync.ErrUnsupported) {
			err = nil
		}
	}
	return now, err
}

// TellsHash implements [sync.HashTeller].
func (f *file) TellsHash() bool { return f.server.TellsHash(f.Target) }

// check asks for the file as it is now. The error wraps [sync.ErrChanged] where it is not
// what was wanted.
func (f *file) check() (manifest.Entry, error) {
	var now Answer
	var err error
	if f.s != nil && !f.s.Dead() {
		now, err = f.server.Look(f.ctx, f.s, f.Target)
	}
	if f.s == nil || f.s.Dead() || err != nil {
		f.release()
		now, err = f.server.Look(f.ctx, nil, f.Target)
	}
	if err != nil {
		return manifest.Entry{}, err
	}
	return now.Entry, now.Err
}

// Sum implements [sync.Source]. The side that writes the content hashes it. The server
// is asked for the hash where not everything came in one transfer.
func (f *file) Sum() string { return f.told }

// Close implements [io.Closer].
func (f *file) Close() error {
	if f.spread != nil {
		f.spread.stop()
	}
	f.release()
	return nil
}
