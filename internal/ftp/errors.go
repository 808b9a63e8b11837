package ftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
)

// busyText matches what servers say when they take no more connections. Some
// say so with 530 or 500, which otherwise are a wrong password and an unknown
// command.
var busyText = regexp.MustCompile(`(?i)too many|no more (connection|session|client|user)|maximum (number|allowed|login|client|connection)|` +
	`(connection|session|client|user|login)s? (limit|count) |limit (of|is|has been) .*(reached|connection|session|client|user)|(connection|session|client|user)s? (limit|maximum) (is |has been )?reached|` +
	`overload|server (is )?(too )?(full|busy)|try (again )?later|max\w* .*(connection|session|client)s`)

// classOf says what a reply means for what was asked. It is the one table of
// codes (RFC 959 section 4.2, RFC 2228 section 5, RFC 2428 section 4).
func classOf(r Reply) Class {
	switch {
	case (r.Code == 421 || r.Code == 530 || r.Code == 500) && busyText.MatchString(r.Text):
		return Busy
	}
	switch r.Code {
	case 452:
		return File // no room
	case 431, 534, 535, 536, 537:
		return Server // security that cannot be had
	case 430, 530, 532:
		return Login
	case 500, 502, 504, 521, 522:
		return Server
	case 503:
		return Retry // out of step
	}
	switch r.Code / 100 {
	case 5:
		return File
	default:
		return Retry
	}
}

// mustReply returns nil when r has one of the codes wanted (none given: any
// 2yz), and otherwise an [Error] of the class of the code. A reply that fits
// nothing that was asked makes the session unfit for more.
func (s *Session) Require(op, path string, r Reply, want ...int) error {
	if slices.Contains(want, r.Code) || len(want) == 0 && r.OK() {
		return nil
	}
	if !r.Refused() || r.Code == 421 || r.Code == 503 || r.Code == 530 {
		s.GiveUp()
	}
	return ReplyError(op, path, r)
}

func ReplyError(op, path string, r Reply) *Error {
	e := &Error{Op: op, Path: path, Class: classOf(r), Code: r.Code, Reply: Printable(r.Text)}
	switch {
	case r.Code == 425 || r.Code == 522:
		if mentionsReuse(r.Text) {
			e.Hint = "the server insists that data connections continue the TLS session of the control connection"
		}
	case r.Code == 421 && e.Class != Busy:
		e.Hint = "the server ended the session"
	}
	return e
}

func mentionsReuse(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "reuse") || strings.Contains(text, "resum") || strings.Contains(text, "operation not permitted")
}

// silence is a wait that lasted too long.
type silence struct{ what string }

func (e *silence) Error() string { return e.what }
func (e *silence) Timeout() bool { return true }

// broken returns the error for a connection on which err happened while doing
// op. The cause of a cancelled context comes back as it is.
func (c *controlConn) broken(op string, err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case c.deadlines.context().Err() != nil:
		return fmt.Errorf("%s: %w", op, context.Cause(c.deadlines.context()))
	case errors.As(err, &e):
		return err
	case errors.Is(err, errGoodbye):
		return ReplyError(op, "", c.last)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Op: op, Class: Retry, Err: &silence{fmt.Sprintf("no answer for %v", c.deadlines.timeout)},
			Hint: "the server or something on the way went silent"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &Error{Op: op, Class: Retry, Err: fmt.Errorf("the server closed the connection: %w", err)}
	case errors.Is(err, errProtocol):
		return &Error{Op: op, Class: Retry, Err: err}
	}
	return &Error{Op: op, Class: Retry, Err: err}
}

// ErrFatal is wrapped by errors after which the server is of no more use: it
// cannot be reached, refuses the login, or lacks what is needed.
var ErrFatal = errors.New("the server cannot be used")

// A fatalError reads as its cause and is also [ErrFatal].
type fatalError struct{ err error }

func (e *fatalError) Error() string   { return e.err.Error() }
func (e *fatalError) Unwrap() []error { return []error{e.err, ErrFatal} }

func fatal(err error) error {
	if err == nil || errors.Is(err, ErrFatal) {
		return err
	}
	return &fatalError{err}
}

// retryable reports whether the same may work in a moment or on another
// session.
func Retryable(err error) bool {
	if errors.Is(err, ErrFatal) || errors.Is(err, context.Canceled) {
		return false
	}
	class, ok := ClassOf(err)
	return ok && (class == Retry || class == Busy)
}

// isModeTrial reports whether err is a session lost to the trial of a data mode
// that does not work; others are left.
func isModeTrial(err error) bool {
	var m *modeError
	return errors.As(err, &m) && !errors.Is(err, ErrFatal)
}

// checkLine refuses what cannot be sent in a command: a line end would be a
// second command, NUL ends lines on some servers, and 0xFF is a Telnet command
// (RFC 854) to those that follow RFC 959 to the letter.
func CheckLine(line string) error {
	i := forbidden(line)
	if i < 0 {
		return nil
	}
	verb, arg, _ := strings.Cut(line, " ")
	if i < len(verb) {
		verb, arg = "sending a command", line
	}
	return &Error{Op: verb, Path: arg, Class: File,
		Err: fmt.Errorf("a name with the byte %#02x cannot be sent over FTP", line[i])}
}

// forbidden returns where the first byte is that cannot be sent, or -1.
func forbidden(line string) int {
	for i := range len(line) {
		switch line[i] {
		case '\r', '\n', 0, 0xff:
			return i
		}
	}
	return -1
}
