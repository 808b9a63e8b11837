package ftp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
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
		return eprt(at), nil
	}
	return portIPv4(at)
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

// eprt returns the EPRT command (RFC 2428, section 2).
func eprt(at netip.AddrPort) string {
	family := 1
	if at.Addr().Is6() {
		family = 2
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, at.Addr(), at.Port())
}

// portIPv4 returns the PORT command (RFC 959, section 4.1.2). It fails for IPv6.
func portIPv4(at netip.AddrPort) (string, error) {
	if !at.Addr().Is4() {
		return "", errNoIPv6
	}
	return "PORT " + strings.ReplaceAll(at.Addr().String(), ".", ",") + "," +
		strconv.Itoa(int(at.Port()>>8)) + "," + strconv.Itoa(int(at.Port()&0xff)), nil
}

var errNoIPv6 = errors.New("the command cannot carry an IPv6 address")
