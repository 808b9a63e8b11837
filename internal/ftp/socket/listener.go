package socket

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"
)

// A Listener accepts one data connection in active mode. It closes connections
// from any address but the server's.
type Listener struct {
	net.Listener
	peer     netip.Addr
	Accepted chan net.Conn // receives the server's connection, then is closed
	// Foreign holds the addresses of rejected connections. It may be read once Accepted
	// is closed.
	Foreign []string
}

// Listen listens at the address local for a connection from peer, on one of the ports from
// the first to the last; 0: any port.
func Listen(local *net.TCPAddr, peer netip.Addr, ports [2]int) (*Listener, error) {
	low, high := ports[0], ports[1]
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
		return nil, err
	}
	d := &Listener{Listener: ln, peer: peer, Accepted: make(chan net.Conn, 1)}
	go d.wait()
	return d, nil
}

// wait accepts connections until the server's has come or the listener is closed.
func (d *Listener) wait() {
	defer close(d.Accepted)
	for {
		conn, err := d.Accept()
		if err != nil {
			return
		}
		if AddrOf(conn.RemoteAddr()).WithZone("") == d.peer.WithZone("") {
			d.Accepted <- conn
			return
		}
		d.Foreign = append(d.Foreign, conn.RemoteAddr().String())
		conn.Close()
	}
}

// Close stops listening and closes a connection that was not taken.
func (d *Listener) Close() error {
	err := d.Listener.Close()
	for conn := range d.Accepted {
		conn.Close()
	}
	return err
}

// Take waits up to limit for the server's connection.
func (d *Listener) Take(ctx context.Context, limit time.Duration) (net.Conn, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case conn := <-d.Accepted:
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
