// Package datamode knows the ways to open data connections: which of them work with a
// server, and why the others do not.
package datamode

// Mode is a way to open data connections.
type Mode uint8

// The modes in the order in which they are tried: RFC 2428 before RFC 959, and
// connections to the server before connections to us, which few firewalls pass.
const (
	EPSV Mode = iota + 1
	PASV
	EPRT
	PORT
)

// All are the modes in that order.
var All = []Mode{EPSV, PASV, EPRT, PORT}

// String returns the command of the mode.
func (m Mode) String() string { return [...]string{"", "EPSV", "PASV", "EPRT", "PORT"}[m] }

// Active reports whether the server connects to us.
func (m Mode) Active() bool { return m == EPRT || m == PORT }

// parse returns the mode that s names, and false where it names none.
func parse(s string) (Mode, bool) {
	for _, m := range All {
		if m.String() == s {
			return m, true
		}
	}
	return 0, false
}
