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

// GoHome makes home, the login directory, the working directory where another one may be, or else the
// root. Where the server refuses both the session stays where it is: a new one would be a login, each
// time. After an error it is dead.
func (s *Session) GoHome(ctx context.Context, home string) error {
	for _, dir := range [...]string{home, "/"} {
		if !s.c.wandered {
			break
		}
		r, err := s.Command(ctx, "CWD "+dir)
		if err != nil {
			s.GiveUp()
			return err
		}
		s.c.wandered = !r.OK()
	}
	return nil
}
