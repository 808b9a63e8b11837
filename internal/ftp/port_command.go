package ftp

import (
	"net"
	"net/netip"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
	"ferry/internal/ftp/wire"
)

// portCommand returns the EPRT or PORT command for the listener of a.
func (a *attempt) portCommand() (string, error) {
	c, port := a.c, a.listener.Addr().(*net.TCPAddr).AddrPort().Port()
	addr := socket.AddrOf(c.sock.LocalAddr()).WithZone("")
	if c.opts.ActiveAddress != "" {
		var err error
		if addr, err = socket.ResolveIP(c.deadlines.Context(), c.opts.ActiveAddress, addr.Is6()); err != nil {
			return "", &Error{Op: a.mode.String(), Class: Server, Err: err, Hint: "the address for active mode must be an IP address or a host name that resolves to one"}
		}
	}
	at := netip.AddrPortFrom(addr, port)
	if a.mode == datamode.EPRT {
		return wire.EPRT(at), nil
	}
	return wire.PORT(at)
}
