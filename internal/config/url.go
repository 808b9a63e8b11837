package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"ferry/manifest"
	"ferry/sync/remote"
)

// A Remote is a directory on a server.
type Remote struct {
	Security remote.Security
	User     string // "": none named
	Password Secret // from the URL; zero in most cases
	Host     string // lower case; an IPv6 address stands without brackets
	Port     int    // 0: the security's own
	// Path has no slash at its ends and no "." or ".." in it. It starts at the
	// login directory, with Absolute set at the server's root.
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

// address returns the host, with its port where that is not the usual one.
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

// securities are the schemes of a URL.
var securities = map[string]remote.Security{
	"ftp":   remote.Plain,
	"ftpes": remote.Explicit,
	"ftps":  remote.Implicit,
}

// IsURL reports whether s is meant as a URL, be it a good one or not.
func IsURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, `/\ `)
}

// ParseURL reads scheme://[user[:password]@]host[:port][/path]. The path is
// relative to the login directory; with "//" after the host, or "/%2F" (RFC 1738,
// 3.2.2), it is absolute. "?" and "#" are ordinary characters of a path. Errors
// never quote what could be a password.
func ParseURL(s string) (Remote, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !IsURL(s) {
		return Remote{}, withHint(errors.New("is not a URL"), "write it as ftp://user@host/path, or ftpes:// for TLS")
	}
	security, ok := securities[strings.ToLower(scheme)]
	if !ok {
		return Remote{}, schemeError(scheme)
	}
	r := Remote{Security: security}
	authority, path, _ := strings.Cut(rest, "/")
	if err := r.setAuthority(authority, strings.Contains(path, "@")); err != nil {
		return Remote{}, err
	}
	if mayBeCut := !r.Password.IsZero() || r.User == "" && r.Port != 0; mayBeCut && strings.Contains(path, "@") {
		return Remote{}, withHint(errors.New(`the URL has an "@" after the "/", so the "/" may be part of a password`), `in a password write "/" as %2F and "@" as %40; in a path write "@" as %40`)
	}
	if err := r.setPath(path); err != nil {
		return Remote{}, err
	}
	return r, nil
}

func schemeError(scheme string) error {
	const choices = "use ftp:// (plain), ftpes:// (TLS, port 21) or ftps:// (implicit TLS, port 990)"
	switch s := strings.ToLower(scheme); s {
	case "sftp", "ssh", "scp":
		return withHint(fmt.Errorf("%s:// is file transfer over SSH, which ferry does not support", s), choices)
	case "http", "https", "webdav", "dav", "davs", "file":
		return withHint(fmt.Errorf("%s:// is not an FTP URL", s), choices)
	case "ftpe", "ftp+tls", "ftptls", "ftp-tls":
		return withHint(fmt.Errorf("unknown scheme %s://", s), choices)
	}
	return withHint(fmt.Errorf("unknown scheme %q", scheme), choices)
}

// setAuthority reads [user[:password]@]host[:port]. More says that an "@"
// follows later, so that the text is likely to be cut in the middle of a
// password and must not be quoted.
func (r *Remote) setAuthority(s string, more bool) error {
	host := s
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if err := r.setUser(s[:i]); err != nil {
			return err
		}
		host = s[i+1:]
	}
	err := r.setHost(host)
	if err != nil && more {
		return withHint(errors.New("host or port of the URL cannot be read"), `in a user name or password write "/" as %2F and "@" as %40`)
	}
	return err
}

func (r *Remote) setUser(s string) error {
	name, password, given := strings.Cut(s, ":")
	var err error
	if r.User, err = unescape(name, "user name"); err != nil {
		return err
	}
	if !given {
		return nil
	}
	if r.User == "" {
		return errors.New("the URL has a password but no user name")
	}
	text, err := unescape(password, "password")
	if err != nil {
		return err
	}
	r.Password = Literal(text)
	return nil
}

func (r *Remote) setHost(s string) error {
	host, port, given := s, "", false
	if inside, ok := strings.CutPrefix(s, "["); ok {
		address, after, closed := strings.Cut(inside, "]")
		if !closed {
			return errors.New(`the URL has a "[" without "]" in its host`)
		}
		addr, err := netip.ParseAddr(strings.Replace(address, "%25", "%", 1))
		if err != nil || !addr.Is6() || addr.Zone() != "" && checkHost(addr.Zone()) != nil {
			return fmt.Errorf("%q is not an IPv6 address", address)
		}
		host = addr.String()
		if port, given = strings.CutPrefix(after, ":"); !given && after != "" {
			return fmt.Errorf(`only ":" and a port may follow the "]" of an IPv6 address`)
		}
	} else {
		if strings.Count(s, ":") > 1 {
			if addr, err := netip.ParseAddr(s); err == nil {
				return withHint(errors.New("an IPv6 address in a URL needs brackets"), "write ["+addr.WithZone("").String()+"]")
			}
		}
		host, port, given = strings.Cut(s, ":")
		if err := checkHost(host); err != nil {
			return err
		}
	}
	r.Host = strings.ToLower(host)
	if !given {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return withHint(fmt.Errorf("the port after host %q is not a number from 1 to 65535", host), `a password goes before the "@", as in ftp://user:password@host`)
	}
	r.Port = int(n)
	return nil
}

// checkHost reports why s cannot be the name or IPv4 address of a host.
func checkHost(s string) error {
	if s == "" {
		return withHint(errors.New("the URL names no host"), "write it as ftp://user@host/path")
	}
	for _, c := range s {
		switch {
		case c == '.', c == '-', c == '_', '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case c > 0x7f:
			return withHint(fmt.Errorf("host %q contains %q", s, c), "write an international name in its ASCII form, xn--...")
		default:
			return fmt.Errorf("host %q contains %q", s, c)
		}
	}
	if len(s) > 253 || strings.HasPrefix(s, ".") || strings.Contains(s, "..") || strings.HasPrefix(s, "-") {
		return fmt.Errorf("%q is not a valid host name", s)
	}
	return nil
}

func (r *Remote) setPath(s string) error {
	path, err := unescape(s, "path")
	if err != nil {
		return err
	}
	r.Path, r.Absolute, err = cleanPath(path)
	return err
}

// cleanPath drops empty and "." components, and refuses what no directory is
// called. A path that starts with a slash is absolute.
func cleanPath(path string) (clean string, absolute bool, err error) {
	var names []string
	for name := range strings.SplitSeq(path, "/") {
		switch name {
		case "", ".":
			continue
		case "..":
			return "", false, withHint(errors.New(`the path of the URL contains ".."`), `"//" after the host starts at the server's root`)
		}
		if err := manifest.CheckName(name); err != nil {
			return "", false, fmt.Errorf("path of the URL: %w", err)
		}
		names = append(names, name)
	}
	return strings.Join(names, "/"), strings.HasPrefix(path, "/"), nil
}

// unescape decodes %XX and refuses control characters. What names the part of
// the URL in errors, which do not quote it.
func unescape(s, what string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' {
			n, err := strconv.ParseUint(s[i+1:min(i+3, len(s))], 16, 8)
			if err != nil || i+3 > len(s) {
				return "", withHint(fmt.Errorf(`the %s of the URL has a "%%" without two hex digits after it`, what), `write "%" itself as %25`)
			}
			c = byte(n)
			i += 2
		}
		if c < ' ' || c == 0x7f {
			return "", fmt.Errorf("the %s of the URL contains a control character", what)
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}
