package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jlaffaye/ftp"
)

// A download is a transfer from the server that is under way. It must be ended
// with finish or abort; until then its session can do nothing else.
type download struct {
	s      *session
	t      *transfer
	stream *ftp.Response
	leave  func()
	ended  bool
}

// Read returns io.EOF at the end of the data connection. Only finish tells
// whether the server says that this was the end of the file; under TLS see also
// clean.
func (d *download) Read(p []byte) (int, error) {
	if d.ended {
		return 0, io.ErrClosedPipe
	}
	n, err := d.stream.Read(p)
	if err != nil && err != io.EOF {
		d.s.markDead()
		err = d.s.c.broken(d.t.op, err)
	}
	return n, err
}

// clean says that the data connection ended with FIN, and under TLS with
// close_notify. It is of use after the end.
func (d *download) clean() bool { return d.t.data.eof && !d.t.data.unclean }

// finish ends a download that was read to its end and returns the final reply,
// with an *Error where that is not positive. A download with bytes left is
// broken off, which is an error as well.
func (d *download) finish() (reply, error) {
	if d.ended {
		return d.t.final, nil
	}
	if err := d.readEnd(); err != nil {
		d.abort()
		return reply{}, err
	}
	d.ended = true
	defer d.leave()
	err := d.stream.Close()
	switch {
	case d.t.err != nil:
		return reply{}, d.t.err
	case d.t.final.code == 0:
		d.s.markDead()
		return reply{}, d.s.c.broken(d.t.op, err)
	case !d.t.final.ok():
		return d.t.final, d.s.mustReply(d.t.op, d.t.path, d.t.final)
	}
	return d.t.final, nil
}

var errMoreData = errors.New("the server sends more than was expected")

// readEnd makes sure that the end of the data was seen.
func (d *download) readEnd() error {
	if d.t.data.eof {
		return nil
	}
	var one [1]byte
	for {
		n, err := d.Read(one[:])
		switch {
		case n > 0:
			return &Error{Op: d.t.op, Path: d.t.path, Class: Retry, Err: errMoreData}
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// part ends a download whose end was seen, but for the server's final reply: that
// is read before the reply to whatever is sent next (see [control.settle]).
func (d *download) part() {
	if d.ended {
		return
	}
	d.ended = true
	d.t.data.Close()
	d.s.c.started, d.s.c.behind = nil, d.t
	d.leave()
}

// abort breaks off the download, and its session with it: what servers answer
// after that differs too much.
func (d *download) abort() {
	if d.ended {
		return
	}
	d.ended = true
	d.s.markDead()
	d.t.data.abort()
	d.leave()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() && !errors.Is(err, context.DeadlineExceeded)
}

// content reads a file that has size bytes. With an error the download is broken
// off.
func (d *download) content(size int64) ([]byte, error) {
	data := make([]byte, 0, size+1)
	for {
		n, err := d.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF && int64(len(data)) == size && d.clean():
			return data, nil
		case err == nil && int64(len(data)) <= size:
			continue
		}
		d.abort()
		return nil, fmt.Errorf("%d bytes came of %d: %w", len(data), size, err)
	}
}
