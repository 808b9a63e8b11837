package ftp

import stdsync "sync"

var (
	sendBuffers    = stdsync.Pool{New: func() any { b := make([]byte, sendBytes); return &b }}
	tlsReadBuffers = stdsync.Pool{New: func() any { b := make([]byte, tlsReadBytes); return &b }}
)

// records lies between TLS and the wire of a data connection. TLS reads and writes
// one record of 16 KiB at a time; here several go to the system at once.
type tlsRecords struct {
	*timedConn
	pending    []byte // written and not sent
	collecting bool

	buf    *[]byte // lent from arrived
	unread []byte  // of buf: read and not taken
}

// gather sends what write writes, in large pieces.
func (r *tlsRecords) collect(write func() (int, error)) (int, error) {
	r.collecting = true
	n, err := write()
	r.collecting = false
	if ferr := r.flush(); err == nil {
		err = ferr
	}
	return n, err
}

// Write implements [io.Writer].
func (r *tlsRecords) Write(p []byte) (int, error) {
	if !r.collecting {
		return r.timedConn.Write(p)
	}
	if len(r.pending)+len(p) > tlsWriteBytes {
		if err := r.flush(); err != nil {
			return 0, err
		}
	}
	r.pending = append(r.pending, p...)
	return len(p), nil
}

func (r *tlsRecords) flush() error {
	if len(r.pending) == 0 {
		return nil
	}
	_, err := r.timedConn.Write(r.pending)
	r.pending = r.pending[:0]
	return err
}

// Read implements [io.Reader].
func (r *tlsRecords) Read(p []byte) (int, error) {
	if len(r.unread) == 0 {
		if r.buf == nil {
			r.buf = tlsReadBuffers.Get().(*[]byte)
		}
		n, err := r.timedConn.Read(*r.buf)
		if n == 0 {
			tlsReadBuffers.Put(r.buf)
			r.buf = nil
			return 0, err
		}
		r.unread = (*r.buf)[:n] // the error comes again
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

// more reports whether another record can be read without a wait: however much of
// one TLS holds already, the rest of it is here.
func (r *tlsRecords) hasRecord() bool { return len(r.unread) >= maxTLSRecord }
