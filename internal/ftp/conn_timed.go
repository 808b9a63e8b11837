package ftp

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
)

// A wire is a TCP connection on which no wait lasts longer than the timeout of
// its watch. It counts bytes and keeps to the throttles. One goroutine may read
// while another writes.
type timedConn struct {
	net.Conn
	deadlines *deadlines
	limit     atomic.Int64 // of the waits, in place of the timeout; 0: none
	up, down  *throttle
	counted   *byteCount
}

// traffic counts the bytes of data connections.
type byteCount struct{ up, down atomic.Int64 }

func newTimedConn(conn net.Conn, d *deadlines) *timedConn {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetKeepAlive(true)
	}
	timed := &timedConn{Conn: conn, deadlines: d}
	d.add(conn)
	return timed
}

func (c *timedConn) Read(p []byte) (int, error) {
	p = p[:c.down.most(len(p))]
	if err := c.deadlines.arm(&c.limit, c.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if c.counted != nil {
		c.counted.down.Add(int64(n))
	}
	if werr := c.down.wait(c.deadlines.context(), n); werr != nil && err == nil {
		err = werr
	}
	return n, c.deadlines.explain(err)
}

// Write gives up when not a single byte could be sent for the timeout.
func (c *timedConn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		piece := p[sent:]
		piece = piece[:c.up.most(min(len(piece), 64<<10))]
		if err := c.up.wait(c.deadlines.context(), len(piece)); err != nil {
			return sent, c.deadlines.explain(err)
		}
		for len(piece) > 0 {
			if err := c.deadlines.arm(&c.limit, c.Conn.SetWriteDeadline); err != nil {
				return sent, err
			}
			n, err := c.Conn.Write(piece)
			sent += n
			piece = piece[n:]
			if c.counted != nil {
				c.counted.up.Add(int64(n))
			}
			if err != nil && !(n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.context().Err() == nil) {
				return sent, c.deadlines.explain(err)
			}
		}
	}
	return sent, nil
}

// hurry ends the reading that goes on in another goroutine, and all reading
// until the limit is set anew.
func (c *timedConn) wakeReader() {
	c.deadlines.mu.Lock()
	defer c.deadlines.mu.Unlock()
	c.limit.Store(1)
	c.Conn.SetReadDeadline(longAgo)
}

func (c *timedConn) Close() error {
	c.deadlines.remove(c.Conn)
	return c.Conn.Close()
}

// closeWrite sends FIN.
func (c *timedConn) closeWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}
