package ftp

import (
	"fmt"
	"net"
	"regexp"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// The likely causes of a failure in active mode.
const (
	causeActiveSilent  = "a firewall or NAT on this side keeps the server from connecting to us; forward a range of ports to this machine and set it, with the outer address, in the options for active mode, or use passive mode"
	causeActiveForeign = "the server has several addresses, or is behind NAT, and connects from another address than that of the control connection"
	causeActiveAddress = "NAT on this side: the server cannot, or may not, connect to the address that we gave"
)

// addressRefusal matches refusals of PORT and EPRT that concern the address in the
// command, such as "500 Illegal PORT command." and "501 Rejected data connection
// to foreign address".
var addressRefusal = regexp.MustCompile(`(?i)illegal|address|private|bounce|foreign|refus`)

// runActive listens on a port and has the server connect to it. PORT is not tried
// where the server accepted EPRT and could not connect.
func (a *attempt) runActive() (err error) {
	if a.mode == datamode.PORT && a.c.modes.Unreached() {
		return a.trace.Fails("not tried: the server could not connect to us after EPRT either", causeActiveSilent)
	}
	if a.listener, err = a.c.listenForData(); err != nil {
		return err
	}
	defer a.listener.Close()
	port, err := a.portCommand()
	if err == wire.ErrIPv6 {
		return a.trace.Fails(err.Error(), "")
	} else if err != nil {
		return err
	}
	reply, err := a.prepare(port)
	if err != nil || a.t.start.Refused() {
		return err
	}
	return a.finishActive(reply)
}

// finishActive sends the transfer command, unless it has gone out, and waits for
// the server's connection. reply is the one to EPRT or PORT.
func (a *attempt) finishActive(reply Reply) error {
	if !reply.OK() {
		cause := causeCommandRefused
		if addressRefusal.MatchString(reply.Text) {
			cause = causeActiveAddress
		}
		return a.trace.Fails("the server answers "+reply.String(), cause)
	}
	if !a.together {
		if err := a.sendTransfer(); err != nil {
			return err
		}
	}
	if err := a.restReply(); err != nil || a.t.start.Refused() {
		return err
	}
	conn, err := a.acceptServer()
	switch {
	case err != nil:
		return err
	case conn == nil:
		return a.declined()
	}
	a.t.data.bind(conn)
	a.t.endsUnannounced(a.c, a.t.start)
	return nil
}

// acceptServer waits for the server's connection and its first reply to the
// transfer command. The connection is nil where the server refuses the transfer.
func (a *attempt) acceptServer() (conn net.Conn, err error) {
	c, t := a.c, a.t
	begin := time.Now()
	replied, err := c.replyWithin(a.limit)
	if err != nil {
		c.dead = true
		return nil, c.broken(wire.Verb(t.Line), err)
	}
	if !replied {
		select {
		case conn = <-a.listener.Accepted: // it has connected but has not replied yet
		default:
			return nil, a.notReached()
		}
	}
	if conn != nil && c.isUnannounced(t) {
		t.assumeStart()
		return conn, nil
	}
	t.start, err = c.awaitStart(t.command)
	if err == nil {
		a.trace.Answered(t.start)
	}
	if err != nil || t.start.Refused() {
		if conn != nil {
			conn.Close()
		}
		return nil, c.broken(wire.Verb(t.Line), err)
	}
	if conn == nil {
		conn, err = a.listener.Take(c.deadlines.Context(), max(a.limit-time.Since(begin), time.Second))
		switch {
		case c.deadlines.Context().Err() != nil:
			c.dead = true
			return nil, c.broken(wire.Verb(t.Line), err)
		case err != nil:
			return nil, a.notReached()
		}
	}
	a.trace.Connected(conn.RemoteAddr().String(), a.listener.Addr().String(), "connect", false)
	return conn, nil
}

// notReached returns the error for a server that did not connect to us. It may
// still be trying, and until it gives up it answers no commands, so the session is
// given up.
func (a *attempt) notReached() error {
	c, listener, trace := a.c, a.listener, a.trace
	c.dead = true
	listener.Listener.Close()
	for conn := range listener.Accepted {
		conn.Close()
	}
	trace.Unreached = true
	server := socket.AddrOf(c.sock.RemoteAddr()).String()
	for _, from := range listener.Foreign {
		trace.Connected(from, listener.Addr().String(), "connect: rejected, it is not the server", true)
	}
	trace.Connected(server, listener.Addr().String(), fmt.Sprintf("connect: nobody connected for %v", a.limit), true)
	if len(listener.Foreign) > 0 {
		return trace.Fails("a connection came from "+listener.Foreign[0]+", which is not the server", causeActiveForeign)
	}
	return trace.Fails(fmt.Sprintf("nobody connected to %s for %v", listener.Addr(), a.limit), causeActiveSilent)
}
