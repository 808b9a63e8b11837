package ftp

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A timedConn is a TCP connection on which no wait outlasts its deadlines. It
// counts bytes and obeys the throttles. One goroutine may read while another
// writes.
type timedConn struct {
	net.Conn
	deadlines *deadlines
	limit     atomic.Int64 // nanoseconds a wait may last; 0: the timeout
	// end is when whatever is being read must have come; nil: no such limit. Each wait
	// may be short enough, and all of them together last for ever.
	end      atomic.Pointer[time.Time]
	up, down *throttle  // nil: no limit
	counted  *byteCount // nil: bytes are not counted
}

// A byteCount counts the bytes of data connections, each way.
type byteCount struct{ up, down atomic.Int64 }

func newTimedConn(conn net.Conn, d *deadlines) *timedConn {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetKeepAlive(true)
	}
	timed := &timedConn{Conn: conn, deadlines: d}
	d.add(conn)
	return timed
}

// Read implements [io.Reader].
func (c *timedConn) Read(p []byte) (int, error) {
	p = p[:c.down.most(len(p))]
	if err := c.deadlines.arm(&c.limit, c.end.Load(), c.Conn.SetReadDeadline); err != nil {
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

// Write implements [io.Writer]. It gives up when not a single byte could be sent
// for the timeout.
func (c *timedConn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		piece := p[sent:]
		piece = piece[:c.up.most(min(len(piece), 64<<10))]
		if err := c.up.wait(c.deadlines.context(), len(piece)); err != nil {
			return sent, c.deadlines.explain(err)
		}
		for len(piece) > 0 {
			if err := c.deadlines.arm(&c.limit, nil, c.Conn.SetWriteDeadline); err != nil {
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

// endBy sets when whatever is being read must have come; the zero time takes that limit
// away.
func (c *timedConn) endBy(t time.Time) {
	if t.IsZero() {
		c.end.Store(nil)
		return
	}
	c.end.Store(&t)
}

// wakeReader ends the read that another goroutine is waiting in, and lets every
// later read fail as well until the limit is set again.
func (c *timedConn) wakeReader() {
	c.deadlines.mu.Lock()
	defer c.deadlines.mu.Unlock()
	c.limit.Store(1)
	c.Conn.SetReadDeadline(longAgo)
}

// Close implements [net.Conn].
func (c *timedConn) Close() error {
	c.deadlines.remove(c.Conn)
	return c.Conn.Close()
}

// closeWrite sends FIN; reading goes on.
func (c *timedConn) closeWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}
