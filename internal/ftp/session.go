package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jlaffaye/ftp"
)

// maxListing is the longest listing of one directory that is read.
const maxListing = 1 << 30

// A rawListing is what came over the data connection, and how it ended.
type RawListing struct {
	Data  []byte
	Final Reply
	// clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	Clean bool
}

// A session is one control connection, logged in. One goroutine uses it at a
// time, as the pool lends it. After an error that is no plain reply it is dead
// and is not lent again.
type Session struct {
	c        *controlConn
	lib      *ftp.ServerConn
	library  *libraryConn
	pool     *Pool
	features *Features

	idleSince time.Time
}

func (s *Session) Features() *Features { return s.features }

func (s *Session) Dead() bool { return s.c.dead }

func (s *Session) GiveUp() { s.c.dead = true }

// lost marks err as one that leaves open whether the command was carried out.
func lost(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Lost = true
	}
	return err
}

// list makes dir the working directory and lists it; "" is the one that is.
// No path is given to the listing command itself: servers take one for options
// or patterns, and some answer 226 for what is not there. What the server
// refuses is an *Error.
func (s *Session) List(ctx context.Context, dir string, form ListForm) (RawListing, error) {
	return s.listBy(ctx, ListTransfer(dir, form))
}

// listBy is list by the commands of t.
func (s *Session) listBy(ctx context.Context, t *Transfer) (RawListing, error) {
	d, err := s.Receive(ctx, t)
	if err != nil {
		return RawListing{}, err
	}
	data, err := d.ReadListing()
	if err != nil {
		return RawListing{}, err
	}
	final, err := d.Finish()
	if err != nil {
		return RawListing{}, err
	}
	return RawListing{Data: data, Final: final, Clean: d.Clean()}, nil
}

// listing reads a listing to its end. With an error the download is broken off.
func (d *Download) ReadListing() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(d, maxListing))
	if err == nil && !d.Transfer.data.eof {
		err = d.s.tooLong(d.Transfer)
	}
	if err != nil {
		d.Abort()
		return nil, err
	}
	return data, nil
}

// tooLong is nil where the limit was met exactly at the end.
func (s *Session) tooLong(t *Transfer) error {
	var one [1]byte
	if n, err := t.data.Read(one[:]); n == 0 && err == io.EOF {
		return nil
	}
	return &Error{Op: t.Op, Path: t.Path, Class: File, Err: fmt.Errorf("the listing is longer than %d bytes", maxListing)}
}

// retr begins to fetch a file at offset. The session belongs to the download
// until its finish or abort.
func (s *Session) Retrieve(ctx context.Context, path string, offset int64) (*Download, error) {
	return s.Receive(ctx, RetrTransfer(path, offset))
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
	src := &source{r: r}
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
	final, err = s.stored(t, src, err)
	return src.n, final, err
}

// stored judges how an upload ended. err is what the library says.
func (s *Session) stored(t *Transfer, src *source, err error) (Reply, error) {
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
			e.Path, e.Lost = t.Path, src.ended && t.data.closed && t.data.drain != nil
		}
		return Reply{}, err
	case !t.Final.OK():
		return t.Final, s.Require(t.Op, t.Path, t.Final)
	case !src.ended || t.data.drain == nil:
		// A positive reply to an upload that was cut says nothing.
		s.GiveUp()
		return t.Final, &Error{Op: t.Op, Path: t.Path, Class: Retry, Code: t.Final.Code, Reply: Printable(t.Final.Text), Err: err}
	}
	return t.Final, nil
}

// A source remembers how reading from an upload's source went.
type source struct {
	r     io.Reader
	n     int64
	ended bool
	err   error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.n += int64(n)
	switch {
	case err == io.EOF:
		s.ended = true
	case err != nil:
		s.err = err
	}
	return n, err
}

// MoveTo implements mover, where r does.
func (s *source) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := s.r.(KernelSource)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, most)
	s.n += n
	return n, err
}
