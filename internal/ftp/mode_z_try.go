package ftp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"ferry/internal/ftp/deflate"
)

// tryText returns some text that was never sent before.
func tryText() []byte {
	var b bytes.Buffer
	for i := range 200 {
		fmt.Fprintf(&b, "%d ferry looks whether this comes out of MODE Z as it went in (%d)\n", time.Now().UnixNano(), i)
	}
	return b.Bytes()
}

// TryModeZ finds out whether uploads in MODE Z become what they should, by sending some text to path,
// where nothing may be, looking at its size and reading it back as it is. The text is removed again.
// What was found out is remembered. An error means that the session is lost, or ctx was cancelled;
// then there will be no other try in this process.
func (s *Session) TryModeZ(ctx context.Context, path string) (works bool, err error) {
	defer func() {
		if err != nil {
			s.c.line().BarTrial(deflate.Up)
		}
	}()
	text := tryText()
	t := StorTransfer(path, 0)
	t.deflate = true
	_, _, err = s.Send(ctx, t, bytes.NewReader(text))
	if s.Dead() || ctx.Err() != nil {
		return false, s.lostInTrial(ctx, err)
	}
	if err != nil || !t.deflate { // the server may not take this file, however it comes, or refuses MODE Z
		s.c.line().BarTrial(deflate.Up)
		if err == nil {
			s.removeTried(ctx, path)
		}
		return false, nil
	}
	works, certain := s.holdsTried(ctx, path, text)
	if !s.Dead() && ctx.Err() == nil {
		s.removeTried(ctx, path)
	}
	switch {
	case certain:
		s.features.Observe(DeflatesUploads, works)
	default:
		s.c.line().BarTrial(deflate.Up)
	}
	if !works {
		s.c.opts.Log.Info("what was sent in MODE Z did not arrive as it was", "certain", certain)
	}
	if s.Dead() || ctx.Err() != nil {
		return false, s.lostInTrial(ctx, nil)
	}
	return works, nil
}

// holdsTried reports whether the server holds text at path. Where it does not let the file be read,
// that is not certain.
func (s *Session) holdsTried(ctx context.Context, path string, text []byte) (holds, certain bool) {
	if s.features.HasSIZE() {
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
func (s *Session) removeTried(ctx context.Context, path string) {
	if r, err := s.Command(ctx, "DELE "+path); err == nil && r.Refused() {
		s.c.opts.Log.Info("the text of a trial could not be removed", "path", path, "reply", r.String())
	}
}

// lostInTrial returns the error for a session that is lost in a trial.
func (s *Session) lostInTrial(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		err = io.ErrClosedPipe
	}
	return &Error{Op: "MODE Z", Class: Retry, Err: err}
}
