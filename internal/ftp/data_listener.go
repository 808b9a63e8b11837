package ftp

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"
)

// A dataListener accepts one data connection in active mode. It closes connections
// from any address but the server's.
type dataListener struct {
	ln       *net.TCPListener
	peer     netip.Addr
	accepted chan net.Conn // receives the server's connection, then is closed
	// foreign holds the addresses of rejected connections. It may be read once accepted
	// is closed.
	foreign []string
}

// listenForData listens at the local address of the control connection, on one of
// Options.ActivePorts.
func (c *controlConn) listenForData() (*dataListener, error) {
	local := c.sock.LocalAddr().(*net.TCPAddr)
	low, high := c.opts.ActivePorts[0], c.opts.ActivePorts[1]
	if high < low {
		high = low
	}
	count := high - low + 1
	start := rand.IntN(count)
	var ln *net.TCPListener
	var err error
	for i := range count {
		ln, err = net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP, Zone: local.Zone, Port: low + (start+i)%count})
		if err == nil {
			break
		}
	}
	if err != nil {
		return nil, &Error{Op: "listening for a data connection", Class: Retry, Err: err,
			Hint: "are the ports for active mode in use, or are there too few of them?"}
	}
	d := &dataListener{ln: ln, peer: addrOf(c.sock.RemoteAddr()), accepted: make(chan net.Conn, 1)}
	go d.wait()
	return d, nil
}

// wait accepts connections until the server's has come or the listener is closed.
func (d *dataListener) wait() {
	defer close(d.accepted)
	for {
		conn, err := d.ln.Accept()
		if err != nil {
			return
		}
		if addrOf(conn.RemoteAddr()).WithZone("") == d.peer.WithZone("") {
			d.accepted <- conn
			return
		}
		d.foreign = append(d.foreign, conn.RemoteAddr().String())
		conn.Close()
	}
}

// close stops listening and closes a connection that was not taken.
func (d *dataListener) close() {
	d.ln.Close()
	for conn := range d.accepted {
		conn.Close()
	}
}

// take waits up to limit for the server's connection.
func (d *dataListener) take(ctx context.Context, limit time.Duration) (net.Conn, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case conn := <-d.accepted:
		if conn == nil {
			return nil, net.ErrClosed
		}
		return conn, nil
	case <-timer.C:
		return nil, context.DeadlineExceeded
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
