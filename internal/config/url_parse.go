package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"ferry/manifest"
	"ferry/sync/remote"
)

// securities are the schemes of URLs.
var securities = map[string]remote.Security{
	"ftp":   remote.Plain,
	"ftpes": remote.Explicit,
	"ftps":  remote.Implicit,
}

// IsURL reports whether s is meant as a URL, valid or not.
func IsURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, `/\ `)
}

// ParseURL reads scheme://[user[:password]@]host[:port][/path]. The path is
// relative to the login directory; after "//", or "/%2F" (RFC 1738, 3.2.2), it is
// absolute. "?" and "#" are ordinary characters in a path. Errors never quote what
// could be a password.
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
	if cutPassword := !r.Password.IsZero() || r.User == "" && r.Port != 0; cutPassword && strings.Contains(path, "@") {
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

// setAuthority reads [user[:password]@]host[:port]. atFollows says that there is an
// "@" later in the URL: s then most likely ends within a password, and must not be
// quoted.
func (r *Remote) setAuthority(s string, atFollows bool) error {
	host := s
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if err := r.setUser(s[:i]); err != nil {
			return err
		}
		host = s[i+1:]
	}
	err := r.setHost(host)
	if err != nil && atFollows {
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

// setHost reads host[:port], where the host is a name, an IPv4 address, or an IPv6
// address in brackets.
func (r *Remote) setHost(s string) error {
	host, port, hasPort := strings.Cut(s, ":")
	var err error
	switch {
	case strings.HasPrefix(s, "["):
		host, port, hasPort, err = cutIPv6(s[1:])
	default:
		if addr, bad := netip.ParseAddr(s); bad == nil && addr.Is6() {
			return withHint(errors.New("an IPv6 address in a URL needs brackets"), "write ["+addr.WithZone("").String()+"]")
		}
		err = checkHost(host)
	}
	if err != nil {
		return err
	}
	r.Host = strings.ToLower(host)
	if !hasPort {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return withHint(fmt.Errorf("the port after host %q is not a number from 1 to 65535", host), `a password goes before the "@", as in ftp://user:password@host`)
	}
	r.Port = int(n)
	return nil
}

// cutIPv6 reads address][:port].
func cutIPv6(s string) (host, port string, hasPort bool, err error) {
	address, after, closed := strings.Cut(s, "]")
	if !closed {
		return "", "", false, errors.New(`the URL has a "[" without "]" in its host`)
	}
	addr, err := netip.ParseAddr(strings.Replace(address, "%25", "%", 1))
	if err != nil || !addr.Is6() || addr.Zone() != "" && checkHost(addr.Zone()) != nil {
		return "", "", false, fmt.Errorf("%q is not an IPv6 address", address)
	}
	if port, hasPort = strings.CutPrefix(after, ":"); !hasPort && after != "" {
		return "", "", false, errors.New(`only ":" and a port may follow the "]" of an IPv6 address`)
	}
	return addr.String(), port, hasPort, nil
}

// checkHost returns why s cannot be the name or IPv4 address of a host, or nil.
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

// cleanPath drops empty and "." components, and refuses names that no directory can
// have. A path that starts with a slash is absolute.
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

// unescape decodes %XX and refuses control characters. Errors call the text what,
// and do not quote it.
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
