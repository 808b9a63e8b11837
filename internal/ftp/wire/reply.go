package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Limits of a reply. The longest line that real servers send holds a path of 4096 bytes
// and some facts.
const (
	MaxReplyLine  = 16 << 10 // bytes of one line
	maxReplyBytes = 1 << 20  // bytes of one reply with all its lines
)

// ErrProtocol means that the server sent something else than the FTP reply that was due.
// Nothing that follows on the connection can be believed.
var ErrProtocol = errors.New("the server does not follow the FTP protocol")

// A Reply is a reply of the server to one command (RFC 959, section 4.2).
type Reply struct {
	Code int
	Text string // all lines without the code, joined by "\n"
}

// notDone is positive in name only: "command not implemented, superfluous at this site".
const notDone = 202

// OK reports whether r is a positive completion reply, 2yz.
func (r Reply) OK() bool { return r.Code/100 == 2 && r.Code != notDone }

// Preliminary reports whether r is a positive preliminary reply, 1yz.
func (r Reply) Preliminary() bool { return r.Code/100 == 1 }

// Refused reports whether r says that the command was not carried out: 4yz, 5yz or 202.
func (r Reply) Refused() bool { return r.Code >= 400 || r.Code == notDone }

// String returns the code and the text on one line, without control characters.
func (r Reply) String() string {
	return strings.TrimRight(fmt.Sprintf("%03d %s", r.Code, Printable(r.Text)), " ")
}

// Format returns the reply as a server sends it.
func (r Reply) Format() []byte {
	lines := strings.Split(r.Text, "\n")
	var b strings.Builder
	for i, line := range lines {
		switch {
		case i == len(lines)-1:
			fmt.Fprintf(&b, "%03d %s\r\n", r.Code, line)
		case i == 0:
			fmt.Fprintf(&b, "%03d-%s\r\n", r.Code, line)
		default:
			b.WriteString(line + "\r\n")
		}
	}
	return []byte(b.String())
}

// ReadReply reads one reply. A reply of several lines ends with a line that starts with
// the code of the first line and a space (RFC 959, section 4.2); the lines between may
// hold anything. r must have a buffer of [MaxReplyLine] bytes. A connection that breaks within a reply is io.ErrUnexpectedEOF.
func ReadReply(r *bufio.Reader) (Reply, error) {
	first, err := readLine(r)
	if err != nil {
		return Reply{}, err
	}
	code, last, text, ok := splitReplyLine(first)
	if !ok {
		return Reply{}, fmt.Errorf("%w: %.80q is not a reply", ErrProtocol, first)
	}
	if last {
		return Reply{code, text}, nil
	}
	lines, size := []string{text}, len(first)
	for {
		line, err := readLine(r)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return Reply{}, err
		}
		if size += len(line) + 1; size > maxReplyBytes {
			return Reply{}, fmt.Errorf("%w: a reply is longer than %d bytes", ErrProtocol, maxReplyBytes)
		}
		c, last, text, ok := splitReplyLine(line)
		switch {
		case !ok || c != code:
			lines = append(lines, line)
		case last:
			return Reply{code, strings.Join(append(lines, text), "\n")}, nil
		default:
			lines = append(lines, text)
		}
	}
}

// splitReplyLine splits a line into its code and its text. Some servers send a last line
// that is only the code.
func splitReplyLine(line string) (code int, last bool, text string, ok bool) {
	if len(line) < 3 || line[0] < '1' || line[0] > '6' {
		return 0, false, "", false
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0, false, "", false
		}
		code = code*10 + int(line[i]-'0')
	}
	switch {
	case len(line) == 3:
		return code, true, "", true
	case line[3] == ' ':
		return code, true, line[4:], true
	case line[3] == '-':
		return code, false, line[4:], true
	}
	return 0, false, "", false
}

// readLine reads a line and removes its end, CRLF or LF. r must have a buffer of
// [MaxReplyLine] bytes.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("%w: a line is longer than %d bytes", ErrProtocol, MaxReplyLine)
	case err == io.EOF && len(line) > 0:
		return "", io.ErrUnexpectedEOF
	case err != nil:
		return "", err
	}
	s := strings.TrimSuffix(string(line), "\n")
	return strings.TrimSuffix(s, "\r"), nil
}

// Printable returns text on one line, with "?" in place of characters that a terminal
// might interpret.
func Printable(text string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return ' '
		case c == unicode.ReplacementChar || !unicode.IsPrint(c):
			return '?'
		}
		return c
	}, text))
}
