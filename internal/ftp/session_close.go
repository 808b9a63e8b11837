package ftp

import (
	"context"
	"crypto/tls"
	"time"
)

// depart says goodbye and closes the connection. All that was asked for is
// answered, and nothing depends on the server's last word, so it is not waited
// for.
func (s *Session) depart() {
	if !s.c.dead && s.c.owed == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		leave := s.c.watch.enter(ctx)
		err := s.c.send("QUIT")
		leave()
		cancel()
		if conn, ok := s.c.conn.(*tls.Conn); ok && err == nil {
			conn.SetWriteDeadline(time.Now().Add(time.Second))
			conn.CloseWrite()
		}
	}
	s.c.abort()
}
