package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
	"net"
	"net/netip"
)

// portCommand returns the EPRT or PORT command for the listener of a.
func (a *attempt) portCommand() (string, error) {
	c, port := a.c, a.listener.ln.Addr().(*net.TCPAddr).AddrPort().Port()
	addr := addrOf(c.sock.LocalAddr()).WithZone("")
	if c.opts.ActiveAddress != "" {
		var err error
		if addr, err = resolveIP(c.deadlines.context(), c.opts.ActiveAddress, addr.Is6()); err != nil {
			return "", &Error{Op: a.mode.String(), Class: Server, Err: err, Hint: "the address for active mode must be an IP address or a host name that resolves to one"}
		}
	}
	at := netip.AddrPortFrom(addr, port)
	if a.mode == modeEPRT {
		return wire.EPRT(at), nil
	}
	return wire.PORT(at)
}

// resolveIP returns an address of host, of IPv6 with six set and of IPv4 otherwise. An
// address literal is returned as it is.
func resolveIP(ctx context.Context, host string, six bool) (netip.Addr, error) {
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
