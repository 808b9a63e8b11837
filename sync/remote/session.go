package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jlaffaye/ftp"
)

// maxListing is the longest listing of one directory that is read.
const maxListing = 1 << 30

// A rawListing is what came over the data connection, and how it ended.
type rawListing struct {
	data  []byte
	final reply
	// clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	clean bool
}

// A session is one control connection, logged in. One goroutine uses it at a
// time, as the pool lends it. After an error that is no plain reply it is dead
// and is not lent again.
type session struct {
	c    *control
	lib  *ftp.ServerConn
	pool *pool
	f    *features

	idleSince time.Time
}

func (s *session) features() *features { return s.f }

func (s *session) dead() bool { return s.c.dead }

func (s *session) markDead() { s.c.dead = true }

// cmd gives one command and returns its reply, whatever its code is. The error
// for a connection that broke after the command went out has Lost set.
func (s *session) cmd(ctx context.Context, line string) (reply, error) {
	defer s.c.watch.enter(ctx)()
	if err := s.c.send(line); err != nil {
		return reply{}, err
	}
	r, err := s.c.final()
	if err != nil {
		return reply{}, lost(s.c.broken(verbOf(line), err))
	}
	return r, nil
}

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
func (s *session) list(ctx context.Context, dir string, form listForm) (rawListing, error) {
	return s.listBy(ctx, listTransfer(dir, form))
}

// listBy is list by the commands of t.
func (s *session) listBy(ctx context.Context, t *transfer) (rawListing, error) {
	d, err := s.receive(ctx, t)
	if err != nil {
		return rawListing{}, err
	}
	data, err := d.listing()
	if err != nil {
		return rawListing{}, err
	}
	final, err := d.finish()
	if err != nil {
		return rawListing{}, err
	}
	return rawListing{data: data, final: final, clean: d.clean()}, nil
}

func listTransfer(dir string, form listForm) *transfer {
	t := &transfer{op: "listing", path: dir, line: form.command()}
	if dir != "" {
		t.before = []string{"CWD " + dir}
	}
	return t
}

// listing reads a listing to its end. With an error the download is broken off.
func (d *download) listing() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(d, maxListing))
	if err == nil && !d.t.data.eof {
		err = d.s.tooLong(d.t)
	}
	if err != nil {
		d.abort()
		return nil, err
	}
	return data, nil
}

// tooLong is nil where the limit was met exactly at the end.
func (s *session) tooLong(t *transfer) error {
	var one [1]byte
	if n, err := t.data.Read(one[:]); n == 0 && err == io.EOF {
		return nil
	}
	return &Error{Op: t.op, Path: t.path, Class: File, Err: fmt.Errorf("the listing is longer than %d bytes", maxListing)}
}

// retr begins to fetch a file at offset. The session belongs to the download
// until its finish or abort.
func (s *session) retr(ctx context.Context, path string, offset int64) (*download, error) {
	return s.receive(ctx, &transfer{op: "RETR", path: path, line: "RETR " + path, offset: offset})
}

// receive begins a transfer from the server. The library's RETR is the one call
// of it that hands out the stream of a data connection, so listings go through
// it as well; the control sends the command of t.
func (s *session) receive(ctx context.Context, t *transfer) (*download, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	leave := s.c.watch.enter(ctx)
	s.c.newTransfer(t)
	stream, err := s.lib.RetrFrom("x", 0)
	if err = s.outcome(t, err); err != nil {
		leave()
		return nil, err
	}
	return &download{s: s, t: t, stream: stream, leave: leave}, nil
}

// check refuses what cannot be sent before anything is.
func (t *transfer) check() error {
	for _, line := range slices.Concat([]string{t.line}, t.before, t.ahead.lines) {
		if err := checkLine(line); err != nil {
			return err
		}
	}
	return nil
}

// outcome turns the library's error for the beginning of a transfer into ours.
func (s *session) outcome(t *transfer, err error) error {
	switch {
	case t.err != nil:
		switch {
		case errors.Is(t.err, errOutOfStep):
			s.f.misstep()
		case errors.Is(t.err, errOvertaken):
			s.f.see(seenBehind, false)
		}
		return t.err
	case t.start.refused():
		return s.mustReply(t.op, t.path, t.start)
	case err != nil:
		s.markDead()
		return s.c.broken(t.op, err)
	}
	return nil
}

// stor sends r from its first byte to its end, to be stored at offset. sent
// counts what was read of r and handed on. An error of r itself is returned as
// it is; the server then holds a part. An error with Lost set means that all
// was sent, and the final reply did not come.
func (s *session) stor(ctx context.Context, path string, offset int64, r io.Reader) (sent int64, final reply, err error) {
	return s.storBy(ctx, storTransfer(path, offset), r)
}

func storTransfer(path string, offset int64) *transfer {
	return &transfer{op: "STOR", path: path, line: "STOR " + path, offset: offset, upload: true}
}

// storBy is stor by the commands of t.
func (s *session) storBy(ctx context.Context, t *transfer, r io.Reader) (sent int64, final reply, err error) {
	if err := t.check(); err != nil {
		return 0, reply{}, err
	}
	defer s.c.watch.enter(ctx)()
	s.c.newTransfer(t)
	src := &source{r: r}
	err = s.lib.StorFrom("x", src, 0)
	if t.astray {
		s.f.misstep()
	}
	if src.err != nil {
		if t.final.code == 0 {
			s.markDead()
		}
		return src.n, t.final, src.err
	}
	final, err = s.stored(t, src, err)
	return src.n, final, err
}

// stored judges how an upload ended. err is what the library says.
func (s *session) stored(t *transfer, src *source, err error) (reply, error) {
	if t.start.code == 0 || t.start.refused() {
		return t.start, s.outcome(t, err)
	}
	switch {
	case t.final.code == 0:
		s.markDead()
		if t.err != nil {
			err = t.err
		}
		err = s.c.broken("STOR", err)
		if e := (*Error)(nil); errors.As(err, &e) {
			e.Path, e.Lost = t.path, src.ended && t.data.closed && t.data.drain != nil
		}
		return reply{}, err
	case !t.final.ok():
		return t.final, s.mustReply(t.op, t.path, t.final)
	case !src.ended || t.data.drain == nil:
		// A positive reply to an upload that was cut says nothing.
		s.markDead()
		return t.final, &Error{Op: t.op, Path: t.path, Class: Retry, Code: t.final.code, Reply: printable(t.final.text), Err: err}
	}
	return t.final, nil
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
	m, ok := s.r.(mover)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := m.MoveTo(dst, most)
	s.n += n
	return n, err
}

// close says goodbye and closes the connection.
func (s *session) close() {
	if !s.c.dead && s.c.owed == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		s.cmd(ctx, "QUIT")
		cancel()
		if conn, ok := s.c.conn.(*tls.Conn); ok {
			conn.SetWriteDeadline(time.Now().Add(time.Second))
			conn.CloseWrite()
		}
	}
	s.c.abort()
}
