package ftp

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"ferry/internal/ftp/wire"
)

// busyText matches the replies of servers that allow no more connections. Some send
// them with 530 or 500, which otherwise mean a wrong password and an unknown command.
var busyText = regexp.MustCompile(`(?i)too many|no more (connection|session|client|user)|maximum (number|allowed|login|client|connection)|` +
	`(connection|session|client|user|login)s? (limit|count) |limit (of|is|has been) .*(reached|connection|session|client|user)|(connection|session|client|user)s? (limit|maximum) (is |has been )?reached|` +
	`overload|server (is )?(too )?(full|busy)|try (again )?later|max\w* .*(connection|session|client)s`)

// classOf returns the class of a reply that is not positive. It is the only table of
// reply codes (RFC 959, section 4.2; RFC 2228, section 5; RFC 2428, section 4).
func classOf(r Reply) Class {
	if slices.Contains([]int{421, 500, 530}, r.Code) && busyText.MatchString(r.Text) {
		return Busy
	}
	switch r.Code {
	case 452:
		return File // no room
	case 431, 534, 535, 536, 537:
		return Server // security that cannot be had
	case 430, 530, 532:
		return Login
	case 202, 500, 502, 504, 521, 522:
		return Server
	case 503:
		return Retry // out of step
	}
	if r.Code/100 == 5 {
		return File
	}
	return Retry
}

// Require returns nil where r has one of the codes in want (none given: any 2yz), and
// an [Error] of the code's class otherwise. Where the reply shows that server and
// client no longer agree on the state of the session, it gives the session up.
func (s *Session) Require(op, path string, r Reply, want ...int) error {
	if slices.Contains(want, r.Code) || len(want) == 0 && r.OK() {
		return nil
	}
	if !r.Refused() || r.Code == 421 || r.Code == 503 || r.Code == 530 {
		s.GiveUp()
	}
	return ReplyError(op, path, r)
}

// ReplyError returns the [Error] for a reply to op that is not the one wanted. path may
// be empty.
func ReplyError(op, path string, r Reply) *Error {
	e := &Error{Op: op, Path: path, Class: classOf(r), Code: r.Code, Reply: Printable(r.Text)}
	switch {
	case r.Code == 425 || r.Code == 522:
		if mentionsReuse(r.Text) {
			e.Hint = "the server requires data connections to resume the TLS session of the control connection"
		}
	case r.Code == 421 && e.Class != Busy:
		e.Hint = "the server ended the session"
	}
	if wire.WantsTLS(r) && !mentionsReuse(r.Text) {
		e.Hint = useTLS("")
		if r.Code == 521 || r.Code == 522 || r.Code == 534 { // no file name can be in their text
			e.Class = Login
		}
	}
	return e
}

// ErrDidNothing means that the server says yes to a change and does not make it.
var ErrDidNothing = errors.New("and it has done nothing")

// DidNothing returns the [Error] for a change that a positive reply says is made, and that
// was not made. It wraps [ErrDidNothing].
func DidNothing(op, path string, r Reply) *Error {
	return &Error{Op: op, Path: path, Class: File, Code: r.Code, Reply: Printable(r.Text), Err: ErrDidNothing,
		Hint: "this server cannot be trusted with changes; is there another FTP server for it, or a newer version?"}
}

// mentionsReuse reports whether the text of a reply is about resuming TLS sessions.
func mentionsReuse(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "reuse") || strings.Contains(text, "resum") || strings.Contains(text, "operation not permitted")
}

// useTLS is the way out for a server that wants TLS. host may be "".
func useTLS(host string) string {
	if host == "" {
		return "the server wants an encrypted connection: use ftpes:// in place of ftp://"
	}
	return "the server wants an encrypted connection: use ftpes://" + host
}
