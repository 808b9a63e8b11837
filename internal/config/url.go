package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"ferry/internal/ftp"
)

// A Remote is a directory on a server.
type Remote struct {
	Security ftp.Security
	User     string // "": none named
	Password Secret // from the URL; zero in most cases
	Host     string // lower case; an IPv6 address has no brackets
	Port     int    // 0: the default of the scheme
	// Path has no slash at either end and no "." or ".." in it. It is relative to the
	// login directory, or to the server's root if Absolute is set.
	Path     string
	Absolute bool
}

// String returns r as a URL, always without the password.
func (r Remote) String() string {
	var b strings.Builder
	b.WriteString(r.Security.Scheme() + "://")
	if r.User != "" {
		b.WriteString(escape(r.User, "@:/%") + "@")
	}
	b.WriteString(r.address())
	switch {
	case r.Absolute:
		b.WriteString("//" + escape(r.Path, "%@"))
	case r.Path != "":
		b.WriteString("/" + escape(r.Path, "%@"))
	}
	return b.String()
}

// address returns the host, and the port if it is not the default.
func (r Remote) address() string {
	host := strings.Replace(r.Host, "%", "%25", 1) // before a zone (RFC 6874)
	if r.Port != 0 && r.Port != r.Security.Port() {
		return net.JoinHostPort(host, strconv.Itoa(r.Port))
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// Account names the account of user on the server, as "ann@nas.local".
func (r Remote) Account(user string) string { return user + "@" + r.address() }

// escape percent-encodes the bytes of s that are in special, white space and
// control characters.
func escape(s, special string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == 0x7f || strings.IndexByte(special, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
