package ftp

import (
	"time"

	"github.com/jlaffaye/ftp"
)

// A session is one control connection, logged in. One goroutine uses it at a
// time, as the pool lends it. After an error that is no plain reply it is dead
// and is not lent again.
type Session struct {
	c        *controlConn
	lib      *ftp.ServerConn
	library  *libraryConn
	pool     *Pool
	features *Features

	idleSince time.Time
}

func (s *Session) Features() *Features { return s.features }

func (s *Session) Dead() bool { return s.c.dead }

func (s *Session) GiveUp() { s.c.dead = true }
