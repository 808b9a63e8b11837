package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
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
	dir, err := wire.ParsePWD(r.Text)
	if err != nil {
		return "", &Error{Op: "PWD", Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: err,
			Hint: "name the directory by its absolute path"}
	}
	return dir, nil
}
