package ftp

import (
	"errors"
	"io"
	"net"
	"os"
	stdsync "sync"
)

// Sizes of what goes through a data connection in one piece.
const (
	firstBytes  = 32 << 10  // read from a source that may not be wanted
	nearBytes   = 32 << 10  // read from it for a server on this machine
	pieceBytes  = 256 << 10 // read from it then
	moveBytes   = 1 << 20   // moved by the system
	gatherBytes = 256 << 10 // of TLS records
	recordBytes = 256 << 10 // of TLS records that are read
	recordMost  = 16645     // of one record: RFC 8446, section 5.2
)

var (
	pieces  = stdsync.Pool{New: func() any { b := make([]byte, pieceBytes); return &b }}
	arrived = stdsync.Pool{New: func() any { b := make([]byte, recordBytes); return &b }}
)

// A mover is a source of an upload that can have the system copy what it holds
// into a connection. It returns [errors.ErrUnsupported] where it cannot at the
// moment, and no bytes with no error at its end.
type KernelSource interface {
	MoveTo(dst io.ReaderFrom, most int64) (int64, error)
}

// ReadFrom implements [io.ReaderFrom]: it sends all that r has, in large pieces.
func (d *dataConn) ReadFrom(r io.Reader) (sent int64, err error) {
	buf := pieces.Get().(*[]byte)
	defer pieces.Put(buf)
	for {
		if m, ok := r.(KernelSource); ok && d.direct() {
			n, err := d.move(m)
			sent += n
			if n > 0 && err == nil {
				continue
			}
			if err != nil && !errors.Is(err, errors.ErrUnsupported) {
				return sent, err
			}
		}
		piece := *buf
		switch {
		case d.written == 0:
			piece = piece[:firstBytes]
		case d.near && d.tls == nil:
			piece = piece[:nearBytes]
		}
		n, rerr := r.Read(piece)
		if n > 0 {
			k, err := d.Write((*buf)[:n])
			sent += int64(k)
			if err != nil {
				return sent, err
			}
		}
		if rerr == io.EOF {
			return sent, nil
		} else if rerr != nil {
			return sent, rerr
		}
	}
}

// direct reports whether bytes may go into the socket as they are. A server on
// this machine copies what we moved out of cold memory; it is quicker, by a
// third, with small pieces that were in the processor's cache a moment ago.
func (d *dataConn) direct() bool {
	return d.sock != nil && d.tls == nil && d.sock.up == nil && d.written > 0 && !d.t.early && !d.near
}

// onThisMachine reports whether a is an address of the loopback interface.
func onThisMachine(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// move has the system copy the next piece of m. Like [wire.Write] it gives up
// when not a single byte could be sent for the timeout.
func (d *dataConn) move(m KernelSource) (int64, error) {
	w := d.sock
	tcp, ok := w.Conn.(*net.TCPConn)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	if err := w.deadlines.arm(&w.limit, tcp.SetWriteDeadline); err != nil {
		return 0, err
	}
	n, err := m.MoveTo(tcp, moveBytes)
	d.written += n
	if w.counted != nil {
		w.counted.up.Add(n)
	}
	if n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && w.deadlines.context().Err() == nil {
		err = nil
	}
	return n, w.deadlines.explain(err)
}

// records lies between TLS and the wire of a data connection. TLS reads and writes
// one record of 16 KiB at a time; here several go to the system at once.
type tlsRecords struct {
	*timedConn
	held []byte // written and not sent
	hold bool

	buf  *[]byte // lent from arrived
	rest []byte  // of buf: read and not taken
}

// gather sends what write writes, in large pieces.
func (r *tlsRecords) gather(write func() (int, error)) (int, error) {
	r.hold = true
	n, err := write()
	r.hold = false
	if ferr := r.flush(); err == nil {
		err = ferr
	}
	return n, err
}

// Write implements [io.Writer].
func (r *tlsRecords) Write(p []byte) (int, error) {
	if !r.hold {
		return r.timedConn.Write(p)
	}
	if len(r.held)+len(p) > gatherBytes {
		if err := r.flush(); err != nil {
			return 0, err
		}
	}
	r.held = append(r.held, p...)
	return len(p), nil
}

func (r *tlsRecords) flush() error {
	if len(r.held) == 0 {
		return nil
	}
	_, err := r.timedConn.Write(r.held)
	r.held = r.held[:0]
	return err
}

// Read implements [io.Reader].
func (r *tlsRecords) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.buf == nil {
			r.buf = arrived.Get().(*[]byte)
		}
		n, err := r.timedConn.Read(*r.buf)
		if n == 0 {
			arrived.Put(r.buf)
			r.buf = nil
			return 0, err
		}
		r.rest = (*r.buf)[:n] // the error comes again
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// more reports whether another record can be read without a wait: however much of
// one TLS holds already, the rest of it is here.
func (r *tlsRecords) more() bool { return len(r.rest) >= recordMost }
