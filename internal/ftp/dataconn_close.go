package ftp

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"ferry/internal/ftp/socket"
)

// drainLimit is how long the server may take to close its end after an upload.
const drainLimit = 20 * time.Second

// Close implements [io.Closer]. It ends an upload as described at [dataConn], closes
// a download that was read to its end, and breaks anything else off.
func (d *dataConn) Close() error {
	switch {
	case d.closed:
		return nil
	case d.sock == nil || d.t.start.Refused() || d.t.upload && d.t.Final.Code != 0 || !d.t.upload && !d.eof:
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

// closeUpload sends close_notify and FIN and leaves the rest to a goroutine.
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
	if err := d.sock.CloseWrite(); err != nil {
		d.sock.Close()
		return err
	}
	conn, ok := d.sock.Conn.(*net.TCPConn)
	if !ok {
		return d.sock.Close()
	}
	d.c.deadlines.Remove(conn)
	conn.SetDeadline(time.Now().Add(drainLimit))
	d.draining, d.serverClosed = conn, make(chan struct{})
	d.c.drains.Go(func() { drainUpload(conn, d.serverClosed) })
	return nil
}

// stopDraining ends the goroutine of closeUpload. After the server's final reply
// nothing of use can come.
func (d *dataConn) stopDraining() {
	if d.draining != nil {
		d.draining.SetReadDeadline(socket.LongAgo)
	}
}

// abort breaks the connection off with RST.
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

// ignoreGone returns nil for an error that means that the other side has already
// closed the connection.
func ignoreGone(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ENOTCONN) {
		return nil
	}
	return err
}

// drainUpload reads what the server still sends on the data connection of an ended
// upload, then closes the connection. It closes serverClosed where the server sent
// FIN.
func drainUpload(conn *net.TCPConn, serverClosed chan<- struct{}) {
	_, err := io.Copy(io.Discard, conn)
	conn.Close()
	if err == nil {
		close(serverClosed)
	}
}
