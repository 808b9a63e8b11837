package ftp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Class is the kind of a failure. It decides what happens next: another attempt,
// another file, or the end of the pass.
type Class uint8

// The classes.
const (
	Retry   Class = iota // may work soon on another session: 421, 425, 426, 450, 451, a broken or silent connection
	File                 // final for this file: 550, 551, 552, 553
	Busy                 // the server allows no more connections: 421 or 530 "too many"
	Server               // final for this server: it lacks what is needed
	Login                // user, password or certificate refused
	Connect              // no FTP server can be reached
)

// An Error is a failure of the server or of the connection to it, with the operation
// and the server's own words.
type Error struct {
	Op    string // the operation: "STOR", "listing", "connecting"
	Path  string // on the server; "": none
	Class Class
	Code  int    // of the reply; 0: no reply
	Reply string // the text of the reply, without control characters
	Hint  string // what the user can do; may be empty
	// Lost says that the whole command was sent and the connection broke before its
	// final reply was read, so whether it was carried out is unknown.
	Lost bool
	Err  error // the cause; may be nil
}

// Error returns the operation, its path, the server's reply and the cause.
func (e *Error) Error() string {
	s := e.Op
	if e.Path != "" {
		s += " " + strconv.Quote(e.Path)
	}
	if e.Code != 0 {
		s += strings.TrimRight(fmt.Sprintf(": server says %d %s", e.Code, e.Reply), " ")
	}
	if e.Err != nil {
		s += ": " + InPlainWords(e.Err)
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, and false where err wraps no [Error].
func ClassOf(err error) (Class, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Class, true
	}
	return Retry, false
}
