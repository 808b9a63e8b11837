package read

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"ferry/internal/ftp"
	"ferry/sync"
)

// tailBytes is how much is read again where a transfer goes on.
const tailBytes = 16 << 10

// compareTail reads the last bytes again.
func (f *file) compareTail() error {
	again := make([]byte, len(f.tail))
	_, err := io.ReadFull(f.data, again)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return &ftp.Error{Op: "RETR", Path: f.At, Class: ftp.Retry, Err: err}
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
	f.opts.Log.Info("trying again", "what", "RETR", "path", f.At, "attempt", f.attempts, "because", err)
	return ftp.Sleep(f.ctx, f.opts.Backoff(f.attempts-1)) == nil
}

// endedEarly decides what a transfer means that was shorter than listed. Where the server
// calls it complete the file has shrunk, unless the server also says that the file is as
// it was; then the transfer goes on.
func (f *file) endedEarly() error {
	if _, err := f.data.Finish(); err != nil {
		return f.resume(err)
	}
	f.data = nil
	short := fmt.Errorf("%w: %d bytes came of the %d that were listed: %w", sync.ErrSource, f.pos, f.Entry.Size, sync.ErrChanged)
	if f.shortReads >= f.opts.Retries {
		return short
	}
	if _, err := f.check(); err != nil {
		return short
	}
	f.shortReads++
	f.partly = true
	f.opts.Log.Info("trying again", "what", "RETR", "path", f.At, "because", short)
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
	if !f.leavesDeflated(err) && !f.tryAgain(err) {
		return f.explain(err)
	}
	return f.start()
}
