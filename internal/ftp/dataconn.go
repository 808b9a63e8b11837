package ftp

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// earlyBytes is how much of an upload may be sent before the server has agreed
// to take it: so much fits into the socket's buffers, and nothing waits.
const earlyBytes = 16 << 10

// drainLimit is how long the server may take to close its end of an upload.
const drainLimit = 20 * time.Second

// errDeclined means that the server refused an upload after its first bytes
// were on their way.
var errDeclined = errors.New("the server does not take the upload")

// A dataConn is a data connection. The library gets it before it is open; it is
// bound when the transfer command comes.
//
// The end of an upload is what most clients get wrong: a socket closed with
// unread bytes, such as the session tickets of TLS 1.3, sends RST instead of
// FIN, and the server throws away what it had not read yet. So an upload ends
// with close_notify and FIN, and what the server still sends is read by a
// goroutine until its own FIN.
type dataConn struct {
	net.Conn // the wire or TLS on it, once bound

	c        *controlConn
	t        *Transfer
	sock     *timedConn
	tls      *tls.Conn
	records  *tlsRecords
	handshakeDone   chan struct{} // closed when the first handshake has ended
	onLoopback     bool          // the server is on this machine
	written  int64
	lowWater lowWater
	eof      bool // the server closed its end
	truncated  bool // under TLS, without close_notify
	closed   bool
	draining    *net.TCPConn  // being drained
	serverClosed     chan struct{} // closed when the server closed its end of an upload
}

// bind gives the connection its socket and begins the TLS handshake.
func (d *dataConn) bind(conn net.Conn) {
	c := d.c
	d.sock = newTimedConn(conn, c.deadlines)
	d.sock.up, d.sock.down, d.sock.counted = c.up, c.down, c.traffic
	d.Conn = d.sock
	d.onLoopback = isLoopback(conn.RemoteAddr()) && !c.opts.treatAsRemote
	if c.tls == nil {
		return
	}
	d.records = &tlsRecords{timedConn: d.sock}
	d.tls = tls.Client(d.records, c.tls)
	d.Conn = d.tls
	d.handshakeDone = make(chan struct{})
	go func() {
		defer close(d.handshakeDone)
		d.tls.Handshake()
	}()
}

// Handshake ends the TLS handshake. The library calls it for uploads of
// nothing, for which nothing else would.
func (d *dataConn) Handshake() error {
	if d.tls == nil {
		return nil
	}
	if err := d.awaitHandshake(); err != nil {
		return err
	}
	return d.tls.Handshake()
}

// accepted waits for the TLS handshake of an upload that the server has not
// agreed to yet. A server that refuses it leaves the handshake hanging, so its
// answer ends the wait as well.
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

// agreed waits for the server's answer to an upload.
func (d *dataConn) awaitStart() error {
	begun, err := d.t.readStart(d.c)
	if err == nil && !begun {
		err = errDeclined
	}
	return err
}

// Read returns io.EOF at the end that the server gave, clean or not.
func (d *dataConn) Read(p []byte) (int, error) {
	if d.eof {
		return 0, io.EOF
	}
	read := d.Conn.Read
	if d.usesLowWater() {
		read = d.readAtLowWater
	}
	n, err := read(p)
	for d.tls != nil && err == nil && n < len(p) && d.records.hasRecord() {
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

// Write sends the first bytes of an upload at once, and the rest when the server
// agreed to take it.
func (d *dataConn) Write(p []byte) (int, error) {
	if err := d.awaitHandshake(); err != nil {
		return 0, err
	}
	if d.t.early && d.written+int64(len(p)) > earlyBytes {
		if err := d.awaitStart(); err != nil {
			return 0, err
		}
	}
	n, err := d.write(p)
	d.written += int64(n)
	return n, err
}

func (d *dataConn) write(p []byte) (int, error) {
	if d.tls == nil {
		return d.Conn.Write(p)
	}
	if err := d.tls.Handshake(); err != nil {
		return 0, err
	}
	return d.records.collect(func() (int, error) { return d.tls.Write(p) })
}

// Close ends the connection: an upload as described above, a download that was
// read to its end at once, anything else by breaking it.
func (d *dataConn) Close() error {
	switch {
	case d.closed:
		return nil
	case d.sock == nil || d.t.start.Refused() || d.t.Final.Code != 0 || !d.t.upload && !d.eof:
		d.abort()
		return nil
	case d.t.upload:
		return d.closeUpload()
	}
	d.closed = true
	if d.tls != nil {
		d.c.dataTLS = d.tls.ConnectionState()
		d.tls.SetWriteDeadline(time.Now().Add(time.Second))
		d.tls.CloseWrite()
	}
	return ignoreGone(d.sock.Close())
}

func (d *dataConn) closeUpload() error {
	if d.tls != nil {
		if err := d.tls.Handshake(); err != nil {
			d.abort()
			return err
		}
		d.c.dataTLS = d.tls.ConnectionState()
		if err := d.tls.CloseWrite(); err != nil {
			d.abort()
			return err
		}
	}
	d.closed = true
	if err := d.sock.closeWrite(); err != nil {
		d.sock.Close()
		return err
	}
	conn, ok := d.sock.Conn.(*net.TCPConn)
	if !ok {
		return d.sock.Close()
	}
	d.c.deadlines.remove(conn)
	conn.SetDeadline(time.Now().Add(drainLimit))
	d.draining, d.serverClosed = conn, make(chan struct{})
	d.c.drains.Go(func() { drainUpload(conn, d.serverClosed) })
	return nil
}

// release ends the draining: with the server's final reply all has arrived.
func (d *dataConn) stopDraining() {
	if d.draining != nil {
		d.draining.SetReadDeadline(longAgo)
	}
}

// abort breaks the connection.
func (d *dataConn) abort() {
	d.stopDraining()
	if d.closed || d.sock == nil {
		return
	}
	d.closed = true
	if tcp, ok := d.sock.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	d.sock.Close()
	if d.handshakeDone != nil {
		<-d.handshakeDone
	}
}

// LocalAddr implements [net.Conn] for a connection that is not open yet, too.
func (d *dataConn) LocalAddr() net.Addr { return d.c.sock.LocalAddr() }

// RemoteAddr implements [net.Conn], as LocalAddr.
func (d *dataConn) RemoteAddr() net.Addr { return d.c.sock.RemoteAddr() }

// ignoreGone drops the error of closing what the other side has closed.
func ignoreGone(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ENOTCONN) {
		return nil
	}
	return err
}
