package ftp

import (
	"errors"
	"fmt"
	"io"
	"time"

	"ferry/internal/ftp/deflate"

	"github.com/jlaffaye/ftp"
)

// A Download is a running transfer from the server. It must be ended with Finish,
// FinishLater or Abort; until then its session can do nothing else. One goroutine
// uses it at a time.
type Download struct {
	s        *Session
	Transfer *Transfer
	stream   *ftp.Response
	leave    func()
	ended    bool

	came    int64 // bytes, over the data connection
	began   time.Time
	inflate *deflate.Stream // nil: the data come as they are
}

// Read implements [io.Reader]. It returns io.EOF at the end of the data connection.
// Only [Download.Finish] tells whether that was the end of the file; under TLS see
// [Download.Clean] as well.
func (d *Download) Read(p []byte) (int, error) {
	switch {
	case d.ended:
		return 0, io.ErrClosedPipe
	case d.inflate != nil:
		return d.readInflated(p)
	}
	n, err := d.readRaw(p)
	if err == io.EOF && n == 0 {
		d.s.c.line().Note(deflate.Down, false, d.came, d.came, time.Since(d.began))
	}
	return n, err
}

// readRaw reads what goes over the data connection.
func (d *Download) readRaw(p []byte) (int, error) {
	n, err := d.stream.Read(p)
	d.came += int64(n)
	if err != nil && err != io.EOF {
		d.s.GiveUp()
		err = d.s.c.broken(d.Transfer.Op, err)
		if isTimeout(err) && d.Transfer.Final.OK() {
			err = d.Transfer.neverServed(err)
		}
	}
	return n, err
}

// Clean reports whether the data connection ended with FIN, and under TLS with
// close_notify. It is valid once Read has returned io.EOF.
func (d *Download) Clean() bool { return d.Transfer.data.eof && !d.Transfer.data.truncated }

// Finish ends a download that was read to its end. It returns the final reply, with
// an *Error where that is not positive. If there is more to read, Finish breaks the
// download off and fails.
func (d *Download) Finish() (Reply, error) {
	if d.ended {
		return d.Transfer.Final, nil
	}
	if err := d.readEnd(); err != nil {
		d.Abort()
		return Reply{}, err
	}
	return d.close()
}

// close is Finish where nothing more is read.
func (d *Download) close() (Reply, error) {
	d.ended = true
	defer d.leave()
	err := d.stream.Close()
	switch {
	case d.Transfer.Err != nil:
		return Reply{}, d.Transfer.Err
	case d.Transfer.Final.Code == 0:
		d.s.GiveUp()
		return Reply{}, d.s.c.broken(d.Transfer.Op, err)
	case !d.Transfer.Final.OK():
		return d.Transfer.Final, d.s.Require(d.Transfer.Op, d.Transfer.Path, d.Transfer.Final)
	}
	return d.Transfer.Final, nil
}

// ErrMoreData says that a download does not end where [Download.Finish] expects its end.
var ErrMoreData = errors.New("the server sends more than was expected")

// readEnd reads the end of the data. It fails where there is more data.
func (d *Download) readEnd() error {
	if d.Transfer.data.eof && d.inflate == nil {
		return nil
	}
	var one [1]byte
	for {
		n, err := d.Read(one[:])
		switch {
		case n > 0:
			return &Error{Op: d.Transfer.Op, Path: d.Transfer.Path, Class: Retry, Err: ErrMoreData}
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// Abort breaks off the download and gives up its session, because servers differ too
// much in how they reply after that. After the end of a download it does nothing.
func (d *Download) Abort() {
	if d.ended {
		return
	}
	d.ended = true
	d.s.endTrial(d.Transfer)
	d.s.GiveUp()
	d.Transfer.data.abort()
	d.leave()
}

// ReadFile reads the content of a file of size bytes. A download with more or fewer
// bytes is an error; with an error the download is broken off.
func (d *Download) ReadFile(size int64) ([]byte, error) {
	data := make([]byte, 0, size+1)
	for {
		n, err := d.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF && int64(len(data)) == size && d.Clean():
			return data, nil
		case err == nil && int64(len(data)) <= size:
			continue
		}
		d.Abort()
		return nil, fmt.Errorf("%d bytes came of %d: %w", len(data), size, err)
	}
}
