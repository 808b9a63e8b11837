package ftp

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// workingDirectory returns the absolute path of the directory that the login led
// to. It asks for it, where the login did not.
func (s *Session) WorkingDirectory(ctx context.Context) (string, error) {
	var r Reply
	if s.c.loginPWD != nil {
		r = s.c.loginPWD.reply
	} else {
		var err error
		if r, err = s.Command(ctx, batchEnd); err != nil {
			return "", err
		}
	}
	if err := s.Require("PWD", "", r, 257); err != nil {
		return "", err
	}
	dir, err := ParsePWD(r.Text)
	if err != nil {
		return "", &Error{Op: "PWD", Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: err,
			Hint: "name the directory by its absolute path"}
	}
	return dir, nil
}

// parsePWD reads the text of a 257 reply (RFC 959, appendix II): the
// path stands in quotes, and quotes in it are doubled by most servers.
func ParsePWD(text string) (string, error) {
	_, rest, ok := strings.Cut(text, `"`)
	if !ok {
		return "", errors.New("no path in the reply")
	}
	dir, ok := unquote(rest)
	if !ok { // not doubled
		i := strings.LastIndexByte(rest, '"')
		dir = rest[:max(i, 0)]
	}
	if !strings.HasPrefix(dir, "/") {
		return "", fmt.Errorf("the login directory %q is no absolute path", dir)
	}
	return dir, nil
}

// unquote reads up to the quote that ends a path, and false where quotes are not
// doubled as they should be.
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
