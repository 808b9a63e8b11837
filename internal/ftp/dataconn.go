package ftp

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"ferry/internal/ftp/socket"
)

// earlyBytes is how much of an upload may be sent before the server has accepted it.
// That much fits into the socket's buffers, so no write blocks.
const earlyBytes = 16 << 10

// errDeclined means that the server refused an upload after its first bytes had been
// sent.
var errDeclined = errors.New("the server refuses the upload")

// A dataConn is a data connection. The library gets it before it is open; bind
// gives it its socket when the transfer command goes out.
//
// An upload must end with care: a socket that is closed with unread bytes, such as
// the session tickets of TLS 1.3, sends RST instead of FIN, and the server discards
// what it has not read yet. So an upload ends with close_notify and FIN, and a
// goroutine reads what the server still sends until its own FIN.
type dataConn struct {
	net.Conn // sock or TLS over it, once bound

	c             *controlConn
	t             *Transfer
	sock          *socket.Conn
	tls           *tls.Conn
	records       *socket.Records
	handshakeDone chan struct{} // closed when the goroutine of the TLS handshake has ended
	onLoopback    bool          // the server is on this machine
	written       int64         // bytes, before TLS
	began         time.Time     // when the first of them were sent
	eof           bool          // the server closed its end
	truncated     bool          // under TLS, without close_notify
	closed        bool
	draining      *net.TCPConn  // the socket of an ended upload, being read to its end
	serverClosed  chan struct{} // is closed when the server closes its end of an upload
}

// bind gives the connection its socket and begins the TLS handshake.
func (d *dataConn) bind(conn net.Conn) {
	c := d.c
	d.sock = socket.NewConn(conn, c.deadlines)
	d.sock.Up, d.sock.Down, d.sock.Counted = c.up, c.down, c.traffic
	d.Conn = d.sock
	d.onLoopback = socket.IsLoopback(conn.RemoteAddr()) && !c.opts.treatAsRemote
	if c.tls == nil {
		return
	}
	d.records = &socket.Records{Conn: d.sock}
	d.tls = tls.Client(d.records, c.tls)
	d.Conn = d.tls
	d.handshakeDone = make(chan struct{})
	lift := d.sock.EndBy(time.Now().Add(2 * c.deadlines.Timeout)) // it may begin late, and then be slow
	go func() {
		defer close(d.handshakeDone)
		d.tls.Handshake()
		lift()
	}()
}

// Handshake completes the TLS handshake. The library calls it for an empty upload,
// which writes nothing that would do so.
func (d *dataConn) Handshake() error {
	if d.tls == nil {
		return nil
	}
	if err := d.awaitHandshake(); err != nil {
		return err
	}
	return d.tls.Handshake()
}

// awaitHandshake waits for the TLS handshake of an upload that the server has not
// accepted yet. A server that refuses the upload never answers the handshake, so its
// reply ends the wait as well.
func (d *dataConn) awaitHandshake() error {
	if !d.t.early || d.tls == nil {
		return nil
	}
	replied, err := d.c.repliesBefore(d.handshakeDone)
	if err != nil || !replied {
		return err
	}
	return d.awaitStart()
}

// awaitStart waits until the server has accepted an upload.
func (d *dataConn) awaitStart() error {
	if d.t.early && d.c.isUnannounced(d.t) {
		return nil
	}
	begun, err := d.t.readStart(d.c)
	if err == nil && !begun {
		err = errDeclined
	}
	return err
}

// Read implements [io.Reader]. It returns io.EOF where the server closed the
// connection; under TLS without close_notify, too, which sets truncated.
func (d *dataConn) Read(p []byte) (int, error) {
	if d.eof {
		return 0, io.EOF
	}
	read := d.Conn.Read
	if d.tls == nil && !d.t.upload {
		read = d.sock.ReadAtLowWater
	}
	n, err := read(p)
	for d.tls != nil && err == nil && n < len(p) && d.records.HasRecord() {
		var more int
		more, err = d.Conn.Read(p[n:])
		n += more
	}
	switch {
	case err == io.EOF:
		d.eof = true
	case err == io.ErrUnexpectedEOF:
		d.eof, d.truncated = true, true
		err = io.EOF
	}
	return n, err
}

// Write implements [io.Writer]. It sends the first bytes of an upload at once, and
// the rest once the server has accepted it.
func (d *dataConn) Write(p []byte) (int, error) {
	if err := d.awaitHandshake(); err != nil {
		return 0, err
	}
	if d.t.early && d.written+int64(len(p)) > earlyBytes {
		if err := d.awaitStart(); err != nil {
			return 0, err
		}
	}
	if d.written == 0 {
		d.began = time.Now()
	}
	n, err := d.write(p)
	d.written += int64(n)
	return n, err
}

// write sends p, over TLS with several records at a time.
func (d *dataConn) write(p []byte) (int, error) {
	if d.tls == nil {
		return d.Conn.Write(p)
	}
	if err := d.tls.Handshake(); err != nil {
		return 0, err
	}
	return d.records.Collect(func() (int, error) { return d.tls.Write(p) })
}

// LocalAddr implements [net.Conn], also before the connection is open.
func (d *dataConn) LocalAddr() net.Addr { return d.c.sock.LocalAddr() }

// RemoteAddr implements [net.Conn], also before the connection is open.
func (d *dataConn) RemoteAddr() net.Addr { return d.c.sock.RemoteAddr() }
