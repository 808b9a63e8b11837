package remote

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What usually stands where passive mode fails.
const (
	usuallyPassiveSilent  = "a firewall or NAT before the server lets the control port through but not the server's range of passive ports; open that range, or use active mode"
	usuallyPassiveRefused = "the port is forwarded to a machine that does not listen: the server's passive ports do not pass its router or firewall as they are"
	usuallyCommandRefused = "a setting of the server that switches this mode off, or a server that does not know it"
	usuallyWrongAddress   = "a server behind NAT that tells its inner address; its setting for the outer address is missing"
)

// passive asks for a port of the server and returns its address.
func (c *control) passive(m dataMode, r reply, l *Ladder) (*net.TCPAddr, error) {
	peer := addrOf(c.wire.RemoteAddr())
	if m == modeEPSV {
		if r.code != 229 {
			return nil, l.fails("the server answers "+r.String(), usuallyCommandRefused)
		}
		port, err := parseEPSV(r.text)
		if err != nil {
			return nil, l.fails(err.Error(), "a router or proxy that rewrites replies of FTP and does not know EPSV")
		}
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(peer, port)), nil
	}
	if r.code != 227 {
		return nil, l.fails("the server answers "+r.String(), usuallyCommandRefused)
	}
	told, err := parsePASV(r.text)
	if err != nil {
		return nil, l.fails(err.Error(), usuallyCommandRefused)
	}
	to := netip.AddrPortFrom(peer, told.Port())
	if c.o.TrustPASV {
		to = told
	}
	return net.TCPAddrFromAddrPort(to), nil
}

// connect opens a data connection to the server.
func (c *control) connect(to *net.TCPAddr, limit time.Duration, l *Ladder) (net.Conn, error) {
	// The socket is not bound to an address before: that would take a port for
	// each connection of the last minute from the few that there are.
	d := net.Dialer{Timeout: limit}
	conn, err := d.DialContext(c.watch.context(), "tcp", to.String())
	if err == nil {
		l.connected(conn.LocalAddr().String(), to.String(), "connect", false)
		return conn, nil
	}
	if ctx := c.watch.context(); ctx.Err() != nil {
		return nil, c.broken("connecting to "+to.String(), err)
	}
	if isOurs(err) {
		return nil, &Error{Op: "connecting to " + to.String(), Class: Retry, Err: err}
	}
	from := net.JoinHostPort(addrOf(c.wire.LocalAddr()).String(), "any")
	var ne net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		l.connected(from, to.String(), "connect: refused", true)
		return nil, l.fails(fmt.Sprintf("%s refused the connection", to), usuallyPassiveRefused)
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		l.connected(from, to.String(), fmt.Sprintf("connect: no answer for %v", limit), true)
		return nil, l.fails(fmt.Sprintf("%s gave no answer for %v", to, limit), usuallyPassiveSilent)
	}
	l.connected(from, to.String(), "connect: "+err.Error(), true)
	if c.o.TrustPASV && to.AddrPort().Addr().Unmap() != addrOf(c.wire.RemoteAddr()) {
		return nil, l.fails(err.Error(), usuallyWrongAddress)
	}
	return nil, l.fails(err.Error(), usuallyPassiveSilent)
}

// isOurs reports whether err is a lack of something on this machine, which says
// nothing about the server.
func isOurs(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// parseEPSV returns the port of a 229 reply: "(|||6446|)" with any delimiter
// (RFC 2428, section 3). The parentheses may be missing.
func parseEPSV(text string) (uint16, error) {
	for i := 0; i+3 < len(text); i++ {
		d := text[i]
		if d < 33 || d > 126 || d >= '0' && d <= '9' || text[i+1] != d || text[i+2] != d {
			continue
		}
		port, _, found := strings.Cut(text[i+3:], string(d))
		if n, err := strconv.ParseUint(port, 10, 16); found && err == nil && n > 0 {
			return uint16(n), nil
		}
	}
	return 0, fmt.Errorf("the reply to EPSV names no port: %.80q", printable(text))
}

// parsePASV returns the address of a 227 reply: six numbers somewhere in the
// text, which need not be in parentheses (RFC 1123, section 4.1.2.6).
func parsePASV(text string) (netip.AddrPort, error) {
	bad := fmt.Errorf("the reply to PASV names no address: %.80q", printable(text))
	start := strings.IndexAny(text, "0123456789")
	if start < 0 {
		return netip.AddrPort{}, bad
	}
	text = text[start:]
	if end := strings.IndexFunc(text, func(r rune) bool { return r != ',' && r != ' ' && (r < '0' || r > '9') }); end >= 0 {
		text = text[:end]
	}
	fields := strings.Split(strings.TrimSpace(text), ",")
	if len(fields) != 6 {
		return netip.AddrPort{}, bad
	}
	var b [6]byte
	for i, f := range fields {
		n, err := strconv.ParseUint(strings.TrimSpace(f), 10, 8)
		if err != nil {
			return netip.AddrPort{}, bad
		}
		b[i] = byte(n)
	}
	port := uint16(b[4])<<8 | uint16(b[5])
	if port == 0 {
		return netip.AddrPort{}, bad
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), port), nil
}

// addrOf returns the IP address of a TCP address, IPv4 in its own form.
func addrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap()
}
