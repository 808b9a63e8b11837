package ftp

import (
	"context"
	"errors"
	"ferry/internal/ftp/socket"
	"io"

	"github.com/jlaffaye/ftp"
)

// Retrieve begins to download a file, from offset on. The session can do nothing else
// until the download is ended.
func (s *Session) Retrieve(ctx context.Context, path string, offset int64) (*Download, error) {
	return s.Receive(ctx, retrieveTransfer(path, offset))
}

// Receive begins a transfer from the server, a file or a listing. Only RetrFrom of the
// library returns the stream of a data connection, so listings use it as well; the
// command that goes out is the one of t.
func (s *Session) Receive(ctx context.Context, t *Transfer) (*Download, error) {
	if err := t.check(); err != nil {
		s.endTrial(t)
		return nil, err
	}
	s.deflateListing(t)
	leave := s.c.deadlines.Enter(ctx)
	var stream *ftp.Response
	err := s.begin(ctx, t, func() (err error) {
		stream, err = s.lib.RetrFrom("x", 0)
		return s.outcome(t, err)
	})
	if err != nil {
		s.endTrial(t)
		leave()
		return nil, err
	}
	return newDownload(s, t, stream, leave), nil
}

// outcome returns our error for a transfer that the library could not begin with err,
// and notes what that says about the server.
func (s *Session) outcome(t *Transfer, err error) error {
	switch {
	case t.Err != nil:
		switch {
		case errors.Is(t.Err, errOutOfStep):
			s.features.stopBatchingForGood()
		case errors.Is(t.Err, errOverlapUnclear):
			s.features.Observe(OverlapIsClear, false)
		}
		return t.Err
	case t.start.Code == 503 && t.Line == FormMLSD.Command() && t.declined() && !s.features.Proven(MLSDWorks):
		return ReplyError(t.Op, t.Path, t.start) // a way to say that there is no MLSD
	case t.start.Refused():
		return s.Require(t.Op, t.Path, t.start)
	case err != nil:
		s.GiveUp()
		return s.c.broken(t.Op, err)
	}
	return nil
}

// Store uploads all of r to path, from offset on. sent is the number of bytes that were
// read from r and sent. An error of r is returned as it is; the server then holds a part
// of the file. An [Error] with Lost set means that everything was sent, but the final
// reply did not come.
func (s *Session) Store(ctx context.Context, path string, offset int64, r io.Reader) (sent int64, final Reply, err error) {
	return s.Send(ctx, StorTransfer(path, offset), r)
}

// Send is Store with the commands of t.
func (s *Session) Send(ctx context.Context, t *Transfer, r io.Reader) (sent int64, final Reply, err error) {
	if err := t.check(); err != nil {
		return 0, Reply{}, err
	}
	src := &socket.Source{R: r}
	defer s.c.deadlines.Enter(ctx)()
	err = s.begin(ctx, t, func() error {
		err := s.lib.StorFrom("x", src, 0)
		if t.outOfStep {
			s.features.stopBatchingForGood()
		}
		return err
	})
	if src.Err != nil {
		if t.Final.Code == 0 {
			s.GiveUp()
		}
		return src.N, t.Final, src.Err
	}
	final, err = s.judgeUpload(t, src, err)
	s.noteUpload(t, src.N, err)
	return src.N, final, s.learnSpaces(t, final, err)
}

// A KernelSource is [socket.KernelSource], for sources of uploads.
type KernelSource = socket.KernelSource

// judgeUpload returns the final reply of an upload, or why it failed. err is the error
// of the library.
func (s *Session) judgeUpload(t *Transfer, src *socket.Source, err error) (Reply, error) {
	if t.start.Code == 0 || t.start.Refused() {
		return t.start, s.outcome(t, err)
	}
	switch {
	case t.Final.Code == 0:
		s.GiveUp()
		if t.Err != nil {
			err = t.Err
		}
		err = s.c.broken("STOR", err)
		if e := (*Error)(nil); errors.As(err, &e) {
			e.Path, e.Lost = t.Path, src.Ended && t.data.closed && t.data.draining != nil
		}
		return Reply{}, err
	case !t.Final.OK():
		return t.Final, s.Require(t.Op, t.Path, t.Final)
	case !src.Ended || t.data.draining == nil:
		// The upload was cut, so a positive reply means nothing.
		s.GiveUp()
		return t.Final, &Error{Op: t.Op, Path: t.Path, Class: Retry, Code: t.Final.Code, Reply: Printable(t.Final.Text), Err: err}
	}
	return t.Final, nil
}

// lost sets Lost in err: whether the command was carried out is unknown.
func lost(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Lost = true
	}
	return err
}
