package ftp

import (
	"crypto/tls"
	"time"

	"github.com/jlaffaye/ftp"
)

// A Session is a control connection that is logged in. Whoever has borrowed it from the
// pool may use it from one goroutine at a time. After an error that is more than a
// refusal it is dead, and the pool does not lend it again.
type Session struct {
	c        *controlConn
	lib      *ftp.ServerConn
	library  *libraryConn
	pool     *Pool
	features *Features

	idleSince time.Time // when it was last returned to the pool
}

// Features returns what the server can do. All sessions of a pool share the value.
func (s *Session) Features() *Features { return s.features }

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

// GiveUp makes the session dead. It is closed when it returns to the pool.
func (s *Session) GiveUp() { s.c.dead = true }

// Close says goodbye and closes the connection of a session that [Pool.Open] has opened.
// Sessions that a pool lends go back with [Pool.Return] instead.
func (s *Session) Close() { s.c.close() }
