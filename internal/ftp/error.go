package ftp

import (
	"errors"
	"fmt"
	"strconv"
)

// Class says what kind of failure an error is; it is set where the error
// arises. It decides what happens next.
type Class uint8

// The classes.
const (
	Retry   Class = iota // may work on another session in a moment: 421, 425, 426, 450, 451, a broken or silent connection
	File                 // final for this file: 550, 551, 552, 553
	Busy                 // the server takes no more connections: 421 or 530 "too many"
	Server               // final for this server: it cannot do what is needed
	Login                // user, password or certificate refused
	Connect              // nobody answers there
)

// An Error is a failure on the server's side, with what was being done and the
// server's own words.
type Error struct {
	Op    string // what was being done, as "STOR", "listing", "connecting"
	Path  string // as the server knows it; "" where there is none
	Class Class
	Code  int    // of the reply; 0 where there was none
	Reply string // the server's text, cleaned of control characters
	Hint  string // a way out, for people; may be empty
	// Lost says that the command went out whole and that the connection broke
	// before its final reply was read: whether it was carried out is open.
	Lost bool
	Err  error // the cause; may be nil
}

func (e *Error) Error() string {
	s := e.Op
	if e.Path != "" {
		s += " " + strconv.Quote(e.Path)
	}
	if e.Code != 0 {
		s += fmt.Sprintf(": server says %d %s", e.Code, e.Reply)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, and false where it is no [Error].
func ClassOf(err error) (Class, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e.Class, true
	}
	return Retry, false
}
