package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
)

// checkName returns why s cannot be the name of a profile, or "". A name is used on
// the command line, where it must not look like an option, a path or a URL.
func checkName(s string) string {
	switch {
	case s == "":
		return "a profile needs a name"
	case len(s) > 64:
		return "the name of a profile must not be longer than 64 characters"
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) }):
		return "the name of a profile must not contain spaces or any of /\\:*?\"<>|"
	case s[0] == '-' || s[0] == '.' || s[0] == '~':
		return "the name of a profile must not start with " + s[:1]
	}
	return ""
}

// StateKey names the pair in the state directory. It depends only on the two
// directories, and not on the name of the profile or on the scheme, so a change to
// TLS keeps the state. It is a file name of at most 60 ASCII characters, with a
// readable beginning.
func (p *Profile) StateKey() string {
	port := p.Remote.Port
	if port == p.Remote.Security.Port() {
		port = 0
	}
	path := p.Remote.Path
	if p.Remote.Absolute {
		path = "/" + path
	}
	local := filepath.ToSlash(filepath.Clean(p.Local))
	sum := sha256.Sum256([]byte(strings.Join([]string{
		local, p.Remote.Host, strconv.Itoa(port), p.Remote.User, path,
	}, "\x00")))
	return pairName(local, p.Remote.Host, 43) + "-" + hex.EncodeToString(sum[:8])
}

// pairName makes a name of at most limit characters from a local directory and a
// host.
func pairName(local, host string, limit int) string {
	base := local[strings.LastIndexByte(local, '/')+1:]
	var b strings.Builder
	gap := true // no dash or dot at the start
	for _, r := range strings.ToLower(base + "-" + host) {
		plain := 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_'
		switch {
		case plain:
			b.WriteRune(r)
		case gap:
		case r == '.':
			b.WriteByte('.')
		default:
			b.WriteByte('-')
		}
		gap = !plain
	}
	name := b.String()
	return strings.TrimRight(name[:min(len(name), limit)], "-.")
}
