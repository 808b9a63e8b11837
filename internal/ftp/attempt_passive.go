package ftp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// Likely causes where passive mode fails.
const (
	causePassiveSilent  = "a firewall or NAT before the server lets the control port through but not the server's range of passive ports; open that range, or use active mode"
	causePassiveRefused = "the port is forwarded to a machine that does not listen: the server's passive ports do not pass its router or firewall as they are"
	causeCommandRefused = "a setting of the server that switches this mode off, or a server that does not know it"
	causeWrongAddress   = "a server behind NAT that tells its inner address; its setting for the outer address is missing"
)

// runPassive connects to the server. Where the mode is known to work, the
// transfer command goes out with the connection: a round trip less. A connection
// that then fails costs the session, because the server waits for it.
func (a *attempt) runPassive() error {
	c, t := a.c, a.t
	if a.mode == modePASV && !addrOf(c.sock.RemoteAddr()).Is4() {
		return a.trace.fails(errNoIPv6.Error(), "")
	}
	reply, err := a.prepare(a.mode.String())
	if err != nil || t.start.Refused() {
		return err
	}
	to, err := a.address(reply)
	if err != nil {
		return err
	}
	early := c.modes.isProven(a.mode) || !t.upload && c.modes.recalls(a.mode)
	if early {
		if err := a.sendTransfer(); err != nil {
			return err
		}
	}
	conn, err := a.connect(to)
	if err != nil {
		if early && isLocalShortage(err) {
			c.dead = true // the server waits for a connection
		} else if early {
			return a.unconnected(err)
		}
		return err
	}
	if !early {
		if err := a.sendTransfer(); err != nil {
			conn.Close()
			return err
		}
	}
	if err := a.restReply(); err != nil || t.start.Refused() {
		conn.Close()
		return err
	}
	t.data.bind(conn)
	if early && t.upload && !c.features.Has(LosesEarlyData) {
		t.early, t.start = true, Reply{150, "on its way"}
		return nil
	}
	return a.begin()
}

// unconnected looks why no connection came about after the transfer command was
// sent: servers that refuse the command close the port at once. failed is why the
// connection failed.
func (a *attempt) unconnected(dialErr error) error {
	c, t := a.c, a.t
	if replied, err := c.replyWithin(c.modes.trialTime(c.deadlines.timeout)); err != nil || !replied {
		c.dead = true
		if err != nil {
			return c.broken(verbOf(t.Line), err)
		}
		return dialErr
	}
	if err := a.restReply(); err != nil || t.start.Refused() {
		return err
	}
	r, err := c.awaitStart(t.command)
	if err != nil {
		return c.broken(verbOf(t.Line), err)
	}
	a.trace.answered(r)
	switch {
	case r.Code == 425:
		return dialErr
	case !r.Refused():
		c.dead = true // it waits for a connection that will not come
		return dialErr
	}
	t.start = r
	return nil
}

// address returns where the server listens, by its reply to EPSV or PASV.
func (a *attempt) address(reply Reply) (*net.TCPAddr, error) {
	peer := addrOf(a.c.sock.RemoteAddr())
	if a.mode == modeEPSV {
		if reply.Code != 229 {
			return nil, a.trace.fails("the server answers "+reply.String(), causeCommandRefused)
		}
		port, err := parseEPSV(reply.Text)
		if err != nil {
			return nil, a.trace.fails(err.Error(), "a router or proxy that rewrites replies of FTP and does not know EPSV")
		}
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(peer, port)), nil
	}
	if reply.Code != 227 {
		return nil, a.trace.fails("the server answers "+reply.String(), causeCommandRefused)
	}
	addr, err := parsePASV(reply.Text)
	if err != nil {
		return nil, a.trace.fails(err.Error(), causeCommandRefused)
	}
	to := netip.AddrPortFrom(peer, addr.Port())
	if a.c.opts.TrustPASV {
		to = addr
	}
	return net.TCPAddrFromAddrPort(to), nil
}

// connect opens a data connection to the server.
func (a *attempt) connect(to *net.TCPAddr) (net.Conn, error) {
	c, limit := a.c, a.limit
	// The socket is not bound to an address before: that would take a port for
	// each connection of the last minute from the few that there are.
	d := net.Dialer{Timeout: limit}
	conn, err := d.DialContext(c.deadlines.context(), "tcp", to.String())
	if err == nil {
		a.trace.connected(conn.LocalAddr().String(), to.String(), "connect", false)
		return conn, nil
	}
	if ctx := c.deadlines.context(); ctx.Err() != nil {
		return nil, c.broken("connecting to "+to.String(), err)
	}
	if isLocalShortage(err) {
		return nil, &Error{Op: "connecting to " + to.String(), Class: Retry, Err: err}
	}
	from := net.JoinHostPort(addrOf(c.sock.LocalAddr()).String(), "any")
	var ne net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		a.trace.connected(from, to.String(), "connect: refused", true)
		return nil, a.trace.fails(fmt.Sprintf("%s refused the connection", to), causePassiveRefused)
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		a.trace.connected(from, to.String(), fmt.Sprintf("connect: no answer for %v", limit), true)
		return nil, a.trace.fails(fmt.Sprintf("%s gave no answer for %v", to, limit), causePassiveSilent)
	}
	a.trace.connected(from, to.String(), "connect: "+err.Error(), true)
	if a.c.opts.TrustPASV && to.AddrPort().Addr().Unmap() != addrOf(c.sock.RemoteAddr()) {
		return nil, a.trace.fails(err.Error(), causeWrongAddress)
	}
	return nil, a.trace.fails(err.Error(), causePassiveSilent)
}

// isLocalShortage reports whether err is a lack of something on this machine,
// which says nothing about the server.
func isLocalShortage(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// addrOf returns the IP address of a TCP address, IPv4 in its own form.
func addrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap()
}
