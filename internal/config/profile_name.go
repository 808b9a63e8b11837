package config

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// checkName returns why s cannot be the name of a profile, or "". A name is used on
// the command line, where it must not look like an option, a path or a URL.
func checkName(s string) string {
	if s == "" {
		return "a profile needs a name"
	}
	return checkWord("the name of a profile", s)
}

// checkWord returns why s cannot be what, or "".
func checkWord(what, s string) string {
	switch {
	case s == "":
		return what + " must not be empty"
	case len(s) > 64:
		return what + " must not be longer than 64 characters"
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\:*?"<>|`, r) }):
		return what + " must not contain spaces or any of /\\:*?\"<>|"
	case s[0] == '-' || s[0] == '.' || s[0] == '~':
		return what + " must not start with " + s[:1]
	}
	return ""
}

// StateKeys returns the names that the pair may have in the state directory: first the
// one that it has, then those that it may have had before. canonical is the path of the
// local directory in the one form that all its spellings share. A name depends on the id,
// or else on the local directory, and on the directory on the server. It does not depend
// on the name of the profile or on the scheme, so a change to TLS keeps the state. Each is
// a file name of at most 60 ASCII characters, with a readable beginning.
func (p *Profile) StateKeys(canonical string) []string {
	var keys []string
	if p.ID != "" {
		keys = append(keys, p.stateKey("id", p.ID))
	}
	// Earlier versions had the path as it was written.
	for _, local := range []string{canonical, filepath.Clean(p.Local)} {
		if key := p.stateKey(filepath.ToSlash(local)); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// stateKey names the pair in the state directory by what its local side is.
func (p *Profile) stateKey(local ...string) string {
	port := p.Remote.Port
	if port == p.Remote.Security.Port() {
		port = 0
	}
	path := p.Remote.Path
	if p.Remote.Absolute {
		path = "/" + path
	}
	sum := sha256.Sum256([]byte(strings.Join(append(slices.Clone(local),
		p.Remote.Host, strconv.Itoa(port), p.Remote.User, path,
	), "\x00")))
	return pairName(local[len(local)-1], p.Remote.Host, 43) + "-" + hex.EncodeToString(sum[:8])
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
