package ftp

import (
	"context"

	"ferry/internal/ftp/socket"
)

// What a session keeps of whoever used it is the working directory and the limits of speed:
// type, encoding and protection are those of the server's options, and REST counts for one
// transfer. So this is what has to be set right before somebody else gets it.

// Limit has the data connections that s opens from now on pass no more bytes than up and
// down let through. Nil is no limit.
func (s *Session) Limit(up, down *socket.Throttle) { s.c.up, s.c.down = up, down }

// GoHome makes home, the login directory, the working directory where another one may be.
// A session that cannot becomes dead.
func (s *Session) GoHome(ctx context.Context, home string) error {
	if !s.c.wandered {
		return nil
	}
	r, err := s.Command(ctx, "CWD "+home)
	if err == nil {
		err = s.Require("CWD", home, r)
	}
	if err != nil {
		s.GiveUp()
		return err
	}
	s.c.wandered = false
	return nil
}
