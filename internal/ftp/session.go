package ftp

import (
	"context"
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/jlaffaye/ftp"
)

// A Session is a control connection that is logged in. It may be used from one goroutine at
// a time. After an error that is more than a refusal it is dead.
type Session struct {
	c        *controlConn
	lib      *ftp.ServerConn
	library  *libraryConn
	features *Features

	// LastUser is whoever has borrowed the session last. It is for those who lend it.
	LastUser any
	left     func() // called when it is closed; may be nil
}

// Features returns what the server can do. All sessions with the server share the value.
func (s *Session) Features() *Features { return s.features }

// Log is where notable events go.
func (s *Session) Log() *slog.Logger { return s.c.opts.Log }

// Greeting returns the text with which the server greeted this session.
func (s *Session) Greeting() string { return s.c.greeting }

// TLS returns the TLS state of the control connection; ok is false without TLS.
func (s *Session) TLS() (state tls.ConnectionState, ok bool) {
	conn, ok := s.c.conn.(*tls.Conn)
	if !ok {
		return state, false
	}
	return conn.ConnectionState(), true
}

// ResumedTLS reports whether the last data connection that ended well resumed a TLS
// session.
func (s *Session) ResumedTLS() bool { return s.c.dataTLS.DidResume }

// Dead reports whether the session cannot be used any more.
func (s *Session) Dead() bool { return s.c.dead }

// GiveUp makes the session dead.
func (s *Session) GiveUp() { s.c.dead = true }

// Settled reports whether somebody else may go on with the session. One that still awaits
// replies becomes dead.
func (s *Session) Settled() bool {
	if s.c.queue.isOutOfStep() {
		s.GiveUp()
	}
	return !s.Dead()
}

// Rests says that the session has nothing to do for now.
func (s *Session) Rests() { s.c.busySince = time.Time{} }

// Times after which a session that rests may have been closed by the server.
const (
	restCheck = 5 * time.Second  // it is looked at after that
	restAsk   = 30 * time.Second // and asked after that
)

// IsAlive looks whether a session that has rested for so long still lives. It asks, with
// NOOP, only after a long rest.
func (s *Session) IsAlive(ctx context.Context, rest time.Duration) bool {
	if rest < restCheck {
		return !s.Dead()
	}
	leave := s.c.deadlines.Enter(ctx)
	alive := s.c.alive()
	leave()
	if !alive || rest < restAsk {
		return alive
	}
	ctx, cancel := context.WithTimeout(ctx, min(s.c.opts.Timeout, restAsk/3))
	defer cancel()
	r, err := s.Command(ctx, "NOOP")
	return err == nil && r.OK()
}

// Close says goodbye, where no reply is awaited, and closes the connection.
func (s *Session) Close() {
	s.c.close()
	if left := s.left; left != nil {
		s.left = nil
		left()
	}
}
