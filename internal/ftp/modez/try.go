package modez

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/deflate"
)

// tryBytes is how long the text is. A server that is known reads 16 KiB of what is compressed at a time,
// has room for eight times as many, loses the rest, and calls that complete. Of so much text, which
// becomes a twelfth, it loses some.
const tryBytes = 256 << 10

// tryText returns some text that was never sent before.
func tryText() []byte {
	var b bytes.Buffer
	for b.Len() < tryBytes {
		fmt.Fprintf(&b, "ferry looks whether this comes out of MODE Z as it went in, and whether all of it does: %08x\n", rand.Uint32())
	}
	return b.Bytes()
}

// Try finds out whether uploads in MODE Z become what they should, by sending some text to path,
// where nothing may be, looking at its size and reading it back as it is. The text is removed again.
// What was found out is remembered. An error means that the session is lost, or ctx was cancelled;
// then there will be no other try in this process.
func Try(ctx context.Context, s *ftp.Session, path string) (works bool, err error) {
	defer func() {
		if err != nil {
			s.Features().Line().BarTrial(deflate.Up)
		}
	}()
	text := tryText()
	t := ftp.StorTransfer(path, 0)
	t.Deflate = true
	_, _, err = s.Send(ctx, t, bytes.NewReader(text))
	if s.Dead() || ctx.Err() != nil {
		return false, lostInTrial(ctx, err)
	}
	if err != nil || !t.Deflate { // the server may not take this file, however it comes, or refuses MODE Z
		s.Features().Line().BarTrial(deflate.Up)
		if err == nil {
			removeTried(ctx, s, path)
		}
		return false, nil
	}
	works, certain := holdsTried(ctx, s, path, text)
	if !s.Dead() && ctx.Err() == nil {
		removeTried(ctx, s, path)
	}
	switch {
	case certain:
		s.Features().Observe(ftp.DeflatesUploads, works)
	default:
		s.Features().Line().BarTrial(deflate.Up)
	}
	if !works {
		s.Log().Info("what was sent in MODE Z did not arrive as it was", "certain", certain)
	}
	if s.Dead() || ctx.Err() != nil {
		return false, lostInTrial(ctx, nil)
	}
	return works, nil
}

// holdsTried reports whether the server holds text at path. Where it does not let the file be read,
// that is not certain.
func holdsTried(ctx context.Context, s *ftp.Session, path string, text []byte) (holds, certain bool) {
	if s.Features().HasSIZE() {
		if r, err := s.Command(ctx, "SIZE "+path); err != nil {
			return false, false
		} else if r.Code == 213 && strings.TrimSpace(r.Text) != fmt.Sprint(len(text)) {
			return false, true
		}
	}
	d, err := s.Retrieve(ctx, path, 0)
	if err != nil {
		return false, false
	}
	there, err := io.ReadAll(io.LimitReader(d, int64(len(text))+1))
	if err != nil {
		d.Abort()
		return false, false
	}
	if !bytes.Equal(there, text) {
		d.Finish()
		return false, true
	}
	_, err = d.Finish()
	return err == nil, err == nil
}

// removeTried removes the text. Where the server does not allow that, what comes next overwrites it.
func removeTried(ctx context.Context, s *ftp.Session, path string) {
	if r, err := s.Command(ctx, "DELE "+path); err == nil && r.Refused() {
		s.Log().Info("the text of a trial could not be removed", "path", path, "reply", r.String())
	}
}

// lostInTrial returns the error for a session that is lost in a trial.
func lostInTrial(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		err = io.ErrClosedPipe
	}
	return &ftp.Error{Op: "MODE Z", Class: ftp.Retry, Err: err}
}

// TryDown finds out whether downloads in MODE Z are what they should be, with some text that it
// stores at path and leaves there. The error is one of storing it.
func TryDown(ctx context.Context, s *ftp.Session, path string) (works bool, err error) {
	text := tryText()
	if _, _, err := s.Store(ctx, path, 0, bytes.NewReader(text)); err != nil {
		return false, err
	}
	t := &ftp.Transfer{Op: "RETR", Path: path, Line: "RETR " + path}
	t.Size, t.Deflate, t.Trial = int64(len(text)), true, true
	d, err := s.Receive(ctx, t)
	if err != nil {
		return false, nil
	}
	there, err := d.ReadFile(t.Size)
	if err == nil {
		_, err = d.Finish()
	}
	return err == nil && t.Deflate && bytes.Equal(there, text), nil
}
