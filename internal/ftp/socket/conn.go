// Package socket holds the TCP connections of an FTP client: with deadlines for every wait,
// limits of speed, counted bytes, and few system calls. It knows nothing of FTP.
package socket

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A Conn is a TCP connection on which no wait outlasts its deadlines. It
// counts bytes and obeys the throttles. One goroutine may read while another
// writes.
type Conn struct {
	net.Conn
	deadlines *Deadlines
	limit     atomic.Int64 // nanoseconds a wait may last; 0: the timeout
	// end is when whatever is being read must have come; nil: no such limit. Each wait
	// may be short enough, and all of them together last for ever.
	end      atomic.Pointer[time.Time]
	lowWater lowWater

	// These are set before the first use.
	Up, Down *Throttle // nil: no limit
	Counted  *Traffic  // nil: bytes are not counted
}

// A Traffic counts the bytes of data connections, each way, and what was moved over them.
type Traffic struct {
	Up, Down        atomic.Int64
	Listings, Files atomic.Int64 // begun
	Jobs, JobTime   atomic.Int64 // those that were followed by another one, and the nanoseconds until that
}

// NewConn returns conn with the deadlines of d, which end when it is closed.
func NewConn(conn net.Conn, d *Deadlines) *Conn {
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetKeepAlive(true)
	}
	timed := &Conn{Conn: conn, deadlines: d}
	d.add(conn)
	return timed
}

// Read implements [io.Reader].
func (c *Conn) Read(p []byte) (int, error) {
	p = p[:c.Down.most(len(p))]
	if err := c.deadlines.arm(&c.limit, c.end.Load(), c.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if c.Counted != nil {
		c.Counted.Down.Add(int64(n))
	}
	if werr := c.Down.wait(c.deadlines.Context(), n); werr != nil && err == nil {
		err = werr
	}
	return n, c.deadlines.explain(err)
}

// Write implements [io.Writer]. It gives up when not a single byte could be sent
// for the timeout.
func (c *Conn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		piece := p[sent:]
		piece = piece[:c.Up.most(min(len(piece), 64<<10))]
		if err := c.Up.wait(c.deadlines.Context(), len(piece)); err != nil {
			return sent, c.deadlines.explain(err)
		}
		for len(piece) > 0 {
			if err := c.deadlines.arm(&c.limit, nil, c.Conn.SetWriteDeadline); err != nil {
				return sent, err
			}
			n, err := c.Conn.Write(piece)
			sent += n
			piece = piece[n:]
			if c.Counted != nil {
				c.Counted.Up.Add(int64(n))
			}
			if err != nil && !(n > 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadlines.Context().Err() == nil) {
				return sent, c.deadlines.explain(err)
			}
		}
	}
	return sent, nil
}

// EndBy sets when whatever is being read must have come. lift takes that limit away,
// unless another one was set since.
func (c *Conn) EndBy(t time.Time) (lift func()) {
	c.end.Store(&t)
	return func() { c.end.CompareAndSwap(&t, nil) }
}

// LiftEnd takes the limit of [Conn.EndBy] away.
func (c *Conn) LiftEnd() { c.end.Store(nil) }

// LimitWaits sets how long each wait may last; 0: the timeout.
func (c *Conn) LimitWaits(limit time.Duration) { c.limit.Store(int64(limit)) }

// WakeReader ends the read that another goroutine is waiting in, and lets every
// later read fail as well until [Conn.LimitWaits] is called.
func (c *Conn) WakeReader() {
	c.deadlines.mu.Lock()
	defer c.deadlines.mu.Unlock()
	c.limit.Store(1)
	c.Conn.SetReadDeadline(LongAgo)
}

// Close implements [net.Conn].
func (c *Conn) Close() error {
	c.deadlines.Remove(c.Conn)
	return c.Conn.Close()
}

// CloseWrite sends FIN; reading goes on.
func (c *Conn) CloseWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}
