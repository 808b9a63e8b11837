package ftp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// The likely causes of a failure in passive mode.
const (
	causePassiveSilent  = "a firewall or NAT in front of the server passes the control port but not the server's range of passive ports; open that range, or use active mode"
	causePassiveRefused = "a router or firewall in front of the server does not forward the server's passive ports unchanged, so the connection reaches a port where nothing listens"
	causeCommandRefused = "the server does not know this mode, or a setting switches it off"
	causeWrongAddress   = "the server is behind NAT and gives its inner address; its setting for the outer address is missing"
)

// runPassive connects to the server. Where the mode is known to work, the transfer
// command goes out before the connection is open, which saves a round trip. If
// connecting then fails, the session is lost, because the server waits for the
// connection.
func (a *attempt) runPassive() error {
	c, t := a.c, a.t
	if a.mode == datamode.PASV && !socket.AddrOf(c.sock.RemoteAddr()).Is4() {
		return a.trace.Fails(wire.ErrIPv6.Error(), "")
	}
	reply, err := a.prepare(a.mode.String())
	if err != nil || t.start.Refused() {
		return err
	}
	to, err := a.address(reply)
	if err != nil {
		return err
	}
	early := c.modes.IsProven(a.mode) || !t.upload && c.modes.Recalls(a.mode)
	if early {
		if err := a.sendTransfer(); err != nil {
			return err
		}
	}
	conn, err := a.connect(to)
	if err != nil {
		if early && socket.IsLocalShortage(err) {
			c.dead = true // the server waits for the connection
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
	if early && t.upload && !t.patient && !c.features.Has(LosesEarlyData) {
		t.assumeStart()
		return nil
	}
	return a.begin()
}

// unconnected finds out why connecting failed after the transfer command had gone
// out: servers that refuse the command close the port at once. dialErr is the
// error of the connection.
func (a *attempt) unconnected(dialErr error) error {
	c, t := a.c, a.t
	if replied, err := c.replyWithin(c.modes.TrialTime(c.deadlines.Timeout)); err != nil || !replied {
		c.dead = true
		if err != nil {
			return c.broken(wire.Verb(t.Line), err)
		}
		return dialErr
	}
	if err := a.restReply(); err != nil || t.start.Refused() {
		return err
	}
	r, err := c.awaitStart(t.command)
	if err != nil {
		return c.broken(wire.Verb(t.Line), err)
	}
	a.trace.Answered(r)
	switch {
	case r.Code == 425:
		return dialErr
	case !r.Refused():
		c.dead = true // the server waits for a connection that will not come
		return dialErr
	}
	t.start = r
	return nil
}

// address returns where the server listens, from its reply to EPSV or PASV. The
// host in a PASV reply counts only with Options.TrustPASV.
func (a *attempt) address(reply Reply) (*net.TCPAddr, error) {
	peer := socket.AddrOf(a.c.sock.RemoteAddr())
	if a.mode == datamode.EPSV {
		if reply.Code != 229 {
			return nil, a.trace.Fails("the server answers "+reply.String(), causeCommandRefused)
		}
		port, err := wire.ParseEPSV(reply.Text)
		if err != nil {
			return nil, a.trace.Fails(err.Error(), "a router or proxy rewrites FTP replies and does not know EPSV")
		}
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(peer, port)), nil
	}
	if reply.Code != 227 {
		return nil, a.trace.Fails("the server answers "+reply.String(), causeCommandRefused)
	}
	addr, err := wire.ParsePASV(reply.Text)
	if err != nil {
		return nil, a.trace.Fails(err.Error(), causeCommandRefused)
	}
	to := netip.AddrPortFrom(peer, addr.Port())
	if a.c.opts.TrustPASV {
		to = addr
	}
	return net.TCPAddrFromAddrPort(to), nil
}

// connect opens a data connection to the server. An error other than a *datamode.Error
// does not speak against the mode.
func (a *attempt) connect(to *net.TCPAddr) (net.Conn, error) {
	c, limit := a.c, a.limit
	// The socket is not bound to a local address first: each connection of the
	// last minute would then occupy one of the system's few ephemeral ports.
	d, begin := net.Dialer{Timeout: limit}, time.Now()
	conn, err := d.DialContext(c.deadlines.Context(), "tcp", to.String())
	if err == nil {
		c.line().NoteRoundTrip(time.Since(begin))
		a.trace.Connected(conn.LocalAddr().String(), to.String(), "connect", false)
		return conn, nil
	}
	if ctx := c.deadlines.Context(); ctx.Err() != nil {
		return nil, c.broken("connecting to "+to.String(), err)
	}
	if socket.IsLocalShortage(err) {
		return nil, &Error{Op: "connecting to " + to.String(), Class: Retry, Err: err}
	}
	from := net.JoinHostPort(socket.AddrOf(c.sock.LocalAddr()).String(), "any")
	var ne net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		a.trace.Connected(from, to.String(), "connect: refused", true)
		return nil, a.trace.Fails(fmt.Sprintf("%s refused the connection", to), causePassiveRefused)
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		a.trace.Connected(from, to.String(), fmt.Sprintf("connect: no answer for %v", limit), true)
		return nil, a.trace.Fails(fmt.Sprintf("%s gave no answer for %v", to, limit), causePassiveSilent)
	}
	a.trace.Connected(from, to.String(), "connect: "+InPlainWords(err), true)
	if a.c.opts.TrustPASV && to.AddrPort().Addr().Unmap() != socket.AddrOf(c.sock.RemoteAddr()) {
		return nil, a.trace.Fails(fmt.Sprintf("%s cannot be reached: %s", to, InPlainWords(err)), causeWrongAddress)
	}
	return nil, a.trace.Fails(fmt.Sprintf("%s cannot be reached: %s", to, InPlainWords(err)), causePassiveSilent)
}
