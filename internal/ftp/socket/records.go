package socket

import stdsync "sync"

// Sizes of the pieces in which TLS goes through a data connection, in bytes.
const (
	tlsWriteBytes = 256 << 10 // TLS records that are written at once
	tlsReadBytes  = 256 << 10 // TLS records that are read at once
	maxTLSRecord  = 16645     // one TLS record with its header (RFC 8446, section 5.2)
)

// tlsReadBuffers are the buffers that connections borrow.
var tlsReadBuffers = stdsync.Pool{New: func() any { b := make([]byte, tlsReadBytes); return &b }}

// Records lie between TLS and the socket of a data connection. TLS reads and
// writes one record of 16 KiB at a time; Records pass several of them to the
// system at once, which costs far fewer system calls.
type Records struct {
	*Conn
	pending    []byte // written by TLS and not sent yet
	collecting bool   // Write keeps what it gets in pending

	buf    *[]byte // borrowed from tlsReadBuffers; nil: none
	unread []byte  // of buf: not handed to TLS yet
}

// Collect calls write and sends in large pieces what it writes to r.
func (r *Records) Collect(write func() (int, error)) (int, error) {
	r.collecting = true
	n, err := write()
	r.collecting = false
	if ferr := r.flush(); err == nil {
		err = ferr
	}
	return n, err
}

// Write implements [io.Writer].
func (r *Records) Write(p []byte) (int, error) {
	if !r.collecting {
		return r.Conn.Write(p)
	}
	if len(r.pending)+len(p) > tlsWriteBytes {
		if err := r.flush(); err != nil {
			return 0, err
		}
	}
	r.pending = append(r.pending, p...)
	return len(p), nil
}

func (r *Records) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	_, err := r.Conn.Write(r.pending)
	r.pending = r.pending[:0]
	return err
}

// Read implements [io.Reader].
func (r *Records) Read(p []byte) (int, error) {
	if len(r.unread) == 0 {
		if r.buf == nil {
			r.buf = tlsReadBuffers.Get().(*[]byte)
		}
		n, err := r.Conn.Read(*r.buf)
		if n == 0 {
			tlsReadBuffers.Put(r.buf)
			r.buf = nil
			return 0, err
		}
		r.unread = (*r.buf)[:n] // the next read returns the error again
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

// HasRecord reports whether another record can be read without a wait: whatever
// part of one TLS holds already, the rest of it is in unread.
func (r *Records) HasRecord() bool { return len(r.unread) >= maxTLSRecord }
