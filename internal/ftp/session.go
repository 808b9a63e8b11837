package ftp

import (
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

// Dead reports whether the session cannot be used any more.
func (s *Session) Dead() bool { return s.c.dead }

// GiveUp makes the session dead. It is closed when it returns to the pool.
func (s *Session) GiveUp() { s.c.dead = true }
