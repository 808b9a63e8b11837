// Package wire is about values as they stand in the text of commands and replies:
// the addresses of data connections, the path that PWD tells, hashes. It is pure.
package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// EPRT returns the EPRT command (RFC 2428, section 2).
func EPRT(at netip.AddrPort) string {
	family := 1
	if at.Addr().Is6() {
		family = 2
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, at.Addr(), at.Port())
}

// PORT returns the PORT command (RFC 959, section 4.1.2). The error is [ErrIPv6] for
// an address of IPv6.
func PORT(at netip.AddrPort) (string, error) {
	if !at.Addr().Is4() {
		return "", ErrIPv6
	}
	return "PORT " + strings.ReplaceAll(at.Addr().String(), ".", ",") + "," +
		strconv.Itoa(int(at.Port()>>8)) + "," + strconv.Itoa(int(at.Port()&0xff)), nil
}

// ErrIPv6 means that an address of IPv6 was to go into a command of RFC 959.
var ErrIPv6 = errors.New("the command cannot carry an IPv6 address")
