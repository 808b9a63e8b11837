package ftpserver

import (
	"errors"
	"net"
	"strconv"
	"strings"
)

// parsePort parses the argument of PORT.
func parsePort(arg string) (*net.TCPAddr, error) {
	fields := strings.Split(arg, ",")
	if len(fields) != 6 {
		return nil, errors.New("six numbers expected")
	}
	var n [6]byte
	for i, f := range fields {
		v, err := strconv.ParseUint(strings.TrimSpace(f), 10, 8)
		if err != nil {
			return nil, errors.New("a number from 0 to 255 expected")
		}
		n[i] = byte(v)
	}
	return &net.TCPAddr{IP: net.IPv4(n[0], n[1], n[2], n[3]), Port: int(n[4])<<8 | int(n[5])}, nil
}

// parseEPRT parses the argument of EPRT.
func parseEPRT(arg string) (*net.TCPAddr, error) {
	if arg == "" {
		return nil, errors.New("an address expected")
	}
	fields := strings.Split(arg, arg[:1])
	if len(fields) != 5 {
		return nil, errors.New("three fields expected")
	}
	ip := net.ParseIP(fields[2])
	port, err := strconv.ParseUint(fields[3], 10, 16)
	if ip == nil || err != nil || family(ip) != fields[1] {
		return nil, errors.New("no address of that family")
	}
	return &net.TCPAddr{IP: ip, Port: int(port)}, nil
}

// family returns the number of the address family in EPSV and EPRT (RFC 2428 section 2).
func family(ip net.IP) string {
	if ip.To4() != nil {
		return "1"
	}
	return "2"
}
