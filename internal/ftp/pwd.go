package ftp

import (
	"context"
	"ferry/internal/ftp/wire"
)

// WorkingDirectory returns the absolute path of the login directory. Where the login did
// not send PWD it sends one, so it must be called before any CWD. What one session has
// found out counts for the others.
func (s *Session) WorkingDirectory(ctx context.Context) (dir string, err error) {
	var r Reply
	if s.c.loginPWD != nil {
		r = s.c.loginPWD.reply
	} else if dir = s.features.loginDir(); dir != "" {
		return dir, nil
	} else if r, err = s.Command(ctx, batchEnd); err != nil {
		return "", err
	}
	if err := s.Require("PWD", "", r, 257); err != nil {
		return "", err
	}
	dir, err = wire.ParsePWD(r.Text)
	if err != nil {
		return "", &Error{Op: "PWD", Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: err,
			Hint: "name the directory by its absolute path"}
	}
	s.features.mu.Lock()
	defer s.features.mu.Unlock()
	s.features.home = dir
	return dir, nil
}

// loginDir returns the login directory, "" where nobody has asked for it.
func (f *Features) loginDir() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.home
}
