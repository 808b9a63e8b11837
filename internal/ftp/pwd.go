package ftp

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// WorkingDirectory returns the absolute path of the login directory. Where the login did
// not send PWD it sends one, so it must be called before any CWD.
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
	dir, err := parsePWD(r.Text)
	if err != nil {
		return "", &Error{Op: "PWD", Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: err,
			Hint: "name the directory by its absolute path"}
	}
	return dir, nil
}

// parsePWD returns the absolute path in the text of a 257 reply (RFC 959, appendix II).
// The path stands in quotes, and most servers double the quotes that belong to it.
func parsePWD(text string) (string, error) {
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
