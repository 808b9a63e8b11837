package remote

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Limits of what a server may say. The longest line that real servers send
// holds a path of 4096 bytes and some facts.
const (
	maxReplyLine  = 16 << 10 // bytes of one line
	maxReplyBytes = 1 << 20  // bytes of one reply with all its lines
)

// errProtocol means that what the server sent is no FTP reply. Nothing can be
// concluded from what follows on that connection.
var errProtocol = errors.New("server does not speak FTP as it should")

// A reply is one answer of the server (RFC 959, section 4.2).
type reply struct {
	code int
	text string // all lines without the code, joined by \n
}

// ok reports a positive completion reply, 2yz.
func (r reply) ok() bool { return r.code/100 == 2 }

func (r reply) preliminary() bool { return r.code/100 == 1 }

// refused reports a negative completion reply, 4yz or 5yz.
func (r reply) refused() bool { return r.code >= 400 }

// String returns the code and the text on one line, for people.
func (r reply) String() string {
	return strings.TrimRight(fmt.Sprintf("%03d %s", r.code, printable(r.text)), " ")
}

// wire returns the reply as it is sent.
func (r reply) wire() []byte {
	lines := strings.Split(r.text, "\n")
	var b strings.Builder
	for i, line := range lines {
		switch {
		case i == len(lines)-1:
			fmt.Fprintf(&b, "%03d %s\r\n", r.code, line)
		case i == 0:
			fmt.Fprintf(&b, "%03d-%s\r\n", r.code, line)
		default:
			b.WriteString(line + "\r\n")
		}
	}
	return []byte(b.String())
}

// readReply reads one reply. A reply of several lines ends with a line that
// starts with the code of the first one and a space (RFC 959, section 4.2);
// lines between may look like anything. A broken connection within a reply is
// io.ErrUnexpectedEOF.
func readReply(r *bufio.Reader) (reply, error) {
	first, err := readLine(r)
	if err != nil {
		return reply{}, err
	}
	code, last, text, ok := splitReplyLine(first)
	if !ok {
		return reply{}, fmt.Errorf("%w: %.80q is not a reply", errProtocol, first)
	}
	if last {
		return reply{code, text}, nil
	}
	lines, size := []string{text}, len(first)
	for {
		line, err := readLine(r)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return reply{}, err
		}
		if size += len(line) + 1; size > maxReplyBytes {
			return reply{}, fmt.Errorf("%w: a reply is longer than %d bytes", errProtocol, maxReplyBytes)
		}
		c, last, text, ok := splitReplyLine(line)
		switch {
		case !ok || c != code:
			lines = append(lines, line)
		case last:
			return reply{code, strings.Join(append(lines, text), "\n")}, nil
		default:
			lines = append(lines, text)
		}
	}
}

// splitReplyLine takes a line apart into its code and text. A code without
// anything behind it counts as the last line, as some servers send it.
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

// readLine reads a line without its end, CRLF or LF. r must have a buffer of
// [maxReplyLine].
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("%w: a line is longer than %d bytes", errProtocol, maxReplyLine)
	case err == io.EOF && len(line) > 0:
		return "", io.ErrUnexpectedEOF
	case err != nil:
		return "", err
	}
	s := strings.TrimSuffix(string(line), "\n")
	return strings.TrimSuffix(s, "\r"), nil
}

// printable returns text on one line, with what could play tricks on a terminal
// replaced.
func printable(text string) string {
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
