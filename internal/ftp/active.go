package ftp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	causeActiveSilent  = "a firewall or NAT on this side keeps the server from connecting to us; forward a range of ports here and name it, with the outer address, in the options for active mode, or use passive mode"
	causeActiveForeign = "a server with several addresses, or NAT between, that connects from another address than that of the control connection"
	causeActiveAddress = "NAT on this side: the address told is one that the server may not or cannot connect to"
)

// A door is a listener for one data connection in active mode. Only the server
// gets in: connections from other addresses are closed.
type dataListener struct {
	ln       *net.TCPListener
	peer     netip.Addr
	accepted chan net.Conn // the server's connection; closed when no more can come
	// foreign are the addresses turned away; to be read after got.
	foreign []string
}

// openDoor listens at the control connection's local address.
func (c *controlConn) listenForData() (*dataListener, error) {
	local := c.wire.LocalAddr().(*net.TCPAddr)
	low, high := c.o.ActivePorts[0], c.o.ActivePorts[1]
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
			Hint: "are the ports for active mode in use, or too few?"}
	}
	d := &dataListener{ln: ln, peer: addrOf(c.wire.RemoteAddr()), accepted: make(chan net.Conn, 1)}
	go d.wait()
	return d, nil
}

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

// close stops listening and closes a connection that nobody took.
func (d *dataListener) close() {
	d.ln.Close()
	for conn := range d.accepted {
		conn.Close()
	}
}

// take waits up to limit for the server.
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

// invitation returns the command that tells the server where to connect to.
func (c *controlConn) portCommand(m dataMode, d *dataListener) (string, error) {
	port := d.ln.Addr().(*net.TCPAddr).AddrPort().Port()
	addr := addrOf(c.wire.LocalAddr()).WithZone("")
	if c.o.ActiveAddress != "" {
		var err error
		if addr, err = lookup(c.watch.context(), c.o.ActiveAddress, addr.Is6()); err != nil {
			return "", &Error{Op: m.String(), Class: Server, Err: err, Hint: "the address for active mode must be one of this network's own"}
		}
	}
	at := netip.AddrPortFrom(addr, port)
	if m == modeEPRT {
		return eprt(at), nil
	}
	return port4(at)
}

// lookup returns the address that a name stands for, of the family wanted.
func lookup(ctx context.Context, host string, six bool) (netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap(), nil
	}
	network := "ip4"
	if six {
		network = "ip6"
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return netip.Addr{}, err
	}
	return addrs[0].Unmap(), nil
}

// eprt returns the command of RFC 2428, section 2.
func eprt(at netip.AddrPort) string {
	family := 1
	if at.Addr().Is6() {
		family = 2
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, at.Addr(), at.Port())
}

// port4 returns the PORT command of RFC 959, which knows IPv4 only.
func port4(at netip.AddrPort) (string, error) {
	if !at.Addr().Is4() {
		return "", errNoIPv6
	}
	return "PORT " + strings.ReplaceAll(at.Addr().String(), ".", ",") + "," +
		strconv.Itoa(int(at.Port()>>8)) + "," + strconv.Itoa(int(at.Port()&0xff)), nil
}

var errNoIPv6 = errors.New("the command cannot carry an IPv6 address")

// welcome returns the server's connection once it comes. The transfer command
// is out; a refusal of it ends the wait. lost says that the server may still be
// trying, so that the control connection is of no more use.
func (c *controlConn) acceptServer(t *Transfer, d *dataListener, limit time.Duration, l *Trace) (conn net.Conn, err error) {
	begin := time.Now()
	came, err := c.awaits(limit)
	if err != nil {
		c.dead = true
		return nil, c.broken(verbOf(t.Line), err)
	}
	if !came {
		select {
		case conn = <-d.accepted: // here, but slow to say so
		default:
			return nil, c.notReached(d, limit, l)
		}
	}
	t.start, err = c.next()
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, c.broken(verbOf(t.Line), err)
	}
	l.answered(t.start)
	if t.start.Refused() {
		if conn != nil {
			conn.Close()
		}
		return nil, nil
	}
	if conn == nil {
		conn, err = d.take(c.watch.context(), max(limit-time.Since(begin), time.Second))
		switch {
		case c.watch.context().Err() != nil:
			c.dead = true
			return nil, c.broken(verbOf(t.Line), err)
		case err != nil:
			return nil, c.notReached(d, limit, l)
		}
	}
	l.connected(conn.RemoteAddr().String(), d.ln.Addr().String(), "connect", false)
	return conn, nil
}

// nobody is the error for a server that did not come. It may still be trying,
// and the control connection is of no use while it does.
func (c *controlConn) notReached(d *dataListener, limit time.Duration, l *Trace) error {
	c.dead = true
	d.ln.Close()
	for conn := range d.accepted {
		conn.Close()
	}
	l.unreached = true
	server := addrOf(c.wire.RemoteAddr()).String()
	for _, from := range d.foreign {
		l.connected(from, d.ln.Addr().String(), "connect: turned away, it is not the server", true)
	}
	l.connected(server, d.ln.Addr().String(), fmt.Sprintf("connect: nobody came for %v", limit), true)
	if len(d.foreign) > 0 {
		return l.fails("a connection came from "+d.foreign[0]+", which is not the server", causeActiveForeign)
	}
	return l.fails(fmt.Sprintf("nobody connected to %s for %v", d.ln.Addr(), limit), causeActiveSilent)
}
