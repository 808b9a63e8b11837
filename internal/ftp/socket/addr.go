package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// AddrOf returns the IP address of a TCP address. IPv4 mapped into IPv6 becomes
// IPv4; the zero Addr stands for anything else than TCP.
func AddrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap()
}

// IsLoopback reports whether a is an address of the loopback interface.
func IsLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// ResolveIP returns an address of host, of IPv6 with six set and of IPv4 otherwise. An
// address literal is returned as it is.
func ResolveIP(ctx context.Context, host string, six bool) (netip.Addr, error) {
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

// IsLocalShortage reports whether this machine ran out of ports, descriptors or
// buffers, which says nothing about the server.
func IsLocalShortage(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
