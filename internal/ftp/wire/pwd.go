package wire

import (
	"errors"
	"fmt"
	"strings"
)

// ParsePWD returns the absolute path in the text of a 257 reply (RFC 959, appendix II).
// The path stands in quotes, and most servers double the quotes that belong to it.
func ParsePWD(text string) (string, error) {
	_, rest, ok := strings.Cut(text, `"`)
	if !ok {
		return "", errors.New("no path in the reply")
	}
	dir, ok := unquote(rest)
	if !ok { // the quotes in it are not doubled
		i := strings.LastIndexByte(rest, '"')
		dir = rest[:max(i, 0)]
	}
	if !strings.HasPrefix(dir, "/") {
		return "", fmt.Errorf("the login directory %q is not an absolute path", dir)
	}
	return dir, nil
}

// unquote returns the path up to the quote that ends it, with doubled quotes undone. It
// returns false where quotes are not doubled.
func unquote(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case i+1 == len(s) || s[i+1] == ' ':
			return b.String(), true
		default:
			b.WriteByte('"')
		}
	}
	return "", false
}
