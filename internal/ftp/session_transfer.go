package ftp

import (
	"context"
	"errors"
	"io"
)

// retr begins to fetch a file at offset. The session belongs to the download
// until its finish or abort.
func (s *Session) Retrieve(ctx context.Context, path string, offset int64) (*Download, error) {
	return s.Receive(ctx, retrieveTransfer(path, offset))
}

// receive begins a transfer from the server. The library's RETR is the one call
// of it that hands out the stream of a data connection, so listings go through
// it as well; the control sends the command of t.
func (s *Session) Receive(ctx context.Context, t *Transfer) (*Download, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	leave := s.c.deadlines.enter(ctx)
	s.c.newTransfer(t)
	stream, err := s.lib.RetrFrom("x", 0)
	if err = s.outcome(t, err); err != nil {
		leave()
		return nil, err
	}
	return &Download{s: s, Transfer: t, stream: stream, leave: leave}, nil
}

// outcome turns the library's error for the beginning of a transfer into ours.
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
	case t.start.Refused():
		return s.Require(t.Op, t.Path, t.start)
	case err != nil:
		s.GiveUp()
		return s.c.broken(t.Op, err)
	}
	return nil
}

// stor sends r from its first byte to its end, to be stored at offset. sent
// counts what was read of r and handed on. An error of r itself is returned as
// it is; the server then holds a part. An error with Lost set means that all
// was sent, and the final reply did not come.
func (s *Session) Store(ctx context.Context, path string, offset int64, r io.Reader) (sent int64, final Reply, err error) {
	return s.Send(ctx, StorTransfer(path, offset), r)
}

// storBy is stor by the commands of t.
func (s *Session) Send(ctx context.Context, t *Transfer, r io.Reader) (sent int64, final Reply, err error) {
	if err := t.check(); err != nil {
		return 0, Reply{}, err
	}
	defer s.c.deadlines.enter(ctx)()
	s.c.newTransfer(t)
	src := &uploadSource{r: r}
	err = s.lib.StorFrom("x", src, 0)
	if t.outOfStep {
		s.features.stopBatchingForGood()
	}
	if src.err != nil {
		if t.Final.Code == 0 {
			s.GiveUp()
		}
		return src.n, t.Final, src.err
	}
	final, err = s.judgeUpload(t, src, err)
	return src.n, final, err
}

// stored judges how an upload ended. err is what the library says.
func (s *Session) judgeUpload(t *Transfer, src *uploadSource, err error) (Reply, error) {
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
			e.Path, e.Lost = t.Path, src.ended && t.data.closed && t.data.draining != nil
		}
		return Reply{}, err
	case !t.Final.OK():
		return t.Final, s.Require(t.Op, t.Path, t.Final)
	case !src.ended || t.data.draining == nil:
		// A positive reply to an upload that was cut says nothing.
		s.GiveUp()
		return t.Final, &Error{Op: t.Op, Path: t.Path, Class: Retry, Code: t.Final.Code, Reply: Printable(t.Final.Text), Err: err}
	}
	return t.Final, nil
}

// lost marks err as one that leaves open whether the command was carried out.
func lost(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Lost = true
	}
	return err
}
