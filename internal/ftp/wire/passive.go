package wire

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ParseEPSV returns the port in the text of a 229 reply, such as "(|||6446|)" with any
// delimiter (RFC 2428, section 3). The parentheses may be missing.
func ParseEPSV(text string) (uint16, error) {
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
	return 0, fmt.Errorf("the reply to EPSV contains no port: %.80q", text)
}

// ParsePASV returns the address in the text of a 227 reply: the six numbers may stand
// anywhere, with or without parentheses (RFC 1123, section 4.1.2.6).
func ParsePASV(text string) (netip.AddrPort, error) {
	bad := fmt.Errorf("the reply to PASV contains no address: %.80q", text)
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
