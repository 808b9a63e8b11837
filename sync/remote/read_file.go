package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// A file is a file of the server that is being read. It implements [sync.Source].
type file struct {
	*server
	ctx  context.Context // of Open, then of Confirm
	want sync.Wanted
	at   place

	s          *ftp.Session  // borrowed from start to release
	data       *ftp.Download // nil where nothing is transferred
	pos        int64         // of the next byte
	tail       []byte        // the last bytes that were read, to be compared when a transfer goes on
	partly     bool          // not everything came in one transfer
	told       string        // the hash that the server told, if not everything came in one transfer
	attempts   int           // that broke off since the last byte came
	shortReads int           // attempts that the server called complete and were not
	err        error
}

func openFile(ctx context.Context, srv *server, w sync.Wanted, offset int64) (*file, error) {
	f := &file{server: srv, ctx: ctx, want: w, at: srv.names.at(w.Path, w.Entry), pos: offset, partly: offset > 0}
	if err := checkPlace(f.at); err != nil {
		return nil, err
	}
	if f.dropsTrailingSpace(f.at.name) {
		return nil, fmt.Errorf("%w: the server drops the space at the end of %q", manifest.ErrName, f.at.name)
	}
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
	if f.pos >= f.want.Entry.Size {
		return nil
	}
	for {
		err := f.retrieve()
		if err == nil {
			return nil
		}
		f.release()
		if !f.tryAgain(err) {
			return f.explain(err)
		}
	}
}

// retrieve begins the transfer on a session. A server without REST sends the file from
// its start. Where a transfer goes on, the last bytes are read again: the file may be
// another one by now.
func (f *file) retrieve() (err error) {
	if f.s, err = f.borrow(f.ctx); err != nil {
		return err
	}
	from, offset := f.pos-int64(len(f.tail)), int64(0)
	if f.features.HasREST() {
		offset = from
	}
	if f.data, err = f.s.Retrieve(f.ctx, f.at.String(), offset); err != nil {
		return err
	}
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

// tailBytes is how much is read again where a transfer goes on.
const tailBytes = 16 << 10

// compareTail reads the last bytes again.
func (f *file) compareTail() error {
	again := make([]byte, len(f.tail))
	_, err := io.ReadFull(f.data, again)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return &ftp.Error{Op: "RETR", Path: f.at.String(), Class: ftp.Retry, Err: err}
	case err == nil && !bytes.Equal(again, f.tail):
		return fmt.Errorf("%w: it was replaced while it was read: %w", sync.ErrSource, sync.ErrChanged)
	case err != nil:
		return err
	}
	return nil
}

// keepTail keeps the last of the bytes that came.
func (f *file) keepTail(b []byte) {
	if len(b) >= tailBytes {
		f.tail = append(f.tail[:0], b[len(b)-tailBytes:]...)
		return
	}
	keep := min(len(f.tail), tailBytes-len(b))
	f.tail = append(append(f.tail[:0], f.tail[len(f.tail)-keep:]...), b...)
}

// tryAgain waits before another attempt. It returns false where there is to be none.
func (f *file) tryAgain(err error) bool {
	if f.attempts >= f.opts.Retries || !ftp.Retryable(err) || f.ctx.Err() != nil {
		return false
	}
	f.attempts++
	f.opts.Log.Info("trying again", "what", "RETR", "path", f.at.String(), "attempt", f.attempts, "because", err)
	return ftp.Sleep(f.ctx, f.opts.Backoff(f.attempts-1)) == nil
}

// explain tells a file that has changed from one that cannot be read.
func (f *file) explain(err error) error {
	if f.ctx.Err() != nil || !isFinal(err) || errors.Is(err, sync.ErrFatal) {
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
		f.pool.Return(f.s)
		f.s = nil
	}
}

// Read implements [io.Reader]. A transfer that breaks off goes on where it was, on
// another session; Confirm makes sure that the file is still the same.
func (f *file) Read(p []byte) (int, error) {
	size := f.want.Entry.Size
	for f.err == nil {
		if f.data == nil {
			return 0, io.EOF
		}
		n, err := f.data.Read(p)
		if n > 0 {
			f.pos += int64(n)
			f.keepTail(p[:n])
			f.attempts = 0
			if f.pos > size {
				f.err = fmt.Errorf("%w: it is longer than the %d bytes that were listed: %w", sync.ErrSource, size, sync.ErrChanged)
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

// endedEarly decides what a transfer means that was shorter than listed. Where the server
// calls it complete the file has shrunk, unless the server also says that the file is as
// it was; then the transfer goes on.
func (f *file) endedEarly() error {
	if _, err := f.data.Finish(); err != nil {
		return f.resume(err)
	}
	f.data = nil
	short := fmt.Errorf("%w: %d bytes came of the %d that were listed: %w", sync.ErrSource, f.pos, f.want.Entry.Size, sync.ErrChanged)
	if f.shortReads >= f.opts.Retries {
		return short
	}
	if _, err := f.check(); err != nil {
		return short
	}
	f.shortReads++
	f.partly = true
	f.opts.Log.Info("trying again", "what", "RETR", "path", f.at.String(), "because", short)
	f.release()
	return f.start()
}

// resume goes on with a transfer that broke off.
func (f *file) resume(err error) error {
	if f.s != nil {
		f.s.GiveUp()
	}
	f.release()
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	if !f.tryAgain(err) {
		return f.explain(err)
	}
	f.partly = true
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
		// A final reply that was lost, or that speaks of a broken connection, says less
		// than the number of bytes and the question that follows.
		if _, err := f.data.Finish(); err != nil && isFinal(err) {
			return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
		f.data = nil
	}
	f.ctx = ctx
	now, err := f.check()
	if err == nil && f.partly && f.TellsHash() {
		f.release() // one session must be enough
		f.told, err = f.sum(ctx, f.want.Path, f.want.Entry)
		if errors.Is(err, sync.ErrUnsupported) {
			err = nil
		}
	}
	return now, err
}

// TellsHash implements [sync.HashTeller].
func (f *file) TellsHash() bool { return len(ftp.SHA256Commands(f.features, f.at.String())) > 0 }

// check asks for the file as it is now. The error wraps [sync.ErrChanged] where it is not
// what was wanted.
func (f *file) check() (manifest.Entry, error) {
	var seen []stat
	var err error
	if f.s != nil && !f.s.Dead() {
		seen, err = f.stat(f.ctx, f.s, []place{f.at})
	}
	if f.s == nil || f.s.Dead() || err != nil {
		f.release()
		seen, err = f.statPlaces(f.ctx, "looking at what was read", f.at)
	}
	if err != nil {
		return manifest.Entry{}, err
	}
	return checkRead(f.want, seen[0])
}

// checkRead returns what is known of a file that was read, by what the server says of it
// now. The error wraps [sync.ErrChanged] where it is not what was wanted.
func checkRead(want sync.Wanted, now stat) (manifest.Entry, error) {
	if now.err != nil {
		return manifest.Entry{}, now.err
	}
	if err := unchanged(want.Path, want.Entry, now.entry); err != nil {
		return manifest.Entry{}, err
	}
	return withDetails(want.Entry, now.entry), nil
}

// Sum implements [sync.Source]. The side that writes the content hashes it. The server
// is asked for the hash where not everything came in one transfer.
func (f *file) Sum() string { return f.told }

// Close implements [io.Closer].
func (f *file) Close() error {
	f.release()
	return nil
}
