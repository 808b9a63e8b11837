package listing

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// ErrIncomplete is wrapped by every error about a listing that may lack names. Nothing
// may be concluded from the absence of a name in it.
var ErrIncomplete = errors.New("the listing is not complete")

// maxLine is the length in bytes of the longest line of a listing.
const maxLine = 32 << 10

// A Reader reads one listing as it comes, and keeps nothing of it but the line that has
// not ended. One goroutine uses it at a time.
type Reader struct {
	parser  *Parser
	add     func(Entry)
	entries int    // lines that stand for an entry
	rest    []byte // of a line whose end has not come
	tooLong bool   // the line in rest is longer than maxLine; what came of it is dropped
	unread  error  // the first line that cannot be read; wraps ErrIncomplete
}

// NewReader returns a reader that calls add for each entry that p finds.
func NewReader(p *Parser, add func(Entry)) *Reader { return &Reader{parser: p, add: add} }

// Take reads the next piece of the listing, which may end anywhere.
func (r *Reader) Take(piece []byte) {
	for len(piece) > 0 {
		n := bytes.IndexByte(piece, '\n') + 1
		whole := n > 0
		if !whole {
			n = len(piece)
		}
		part := piece[:n]
		piece = piece[n:]
		switch {
		case r.tooLong:
		case len(r.rest)+n > maxLine:
			r.fail(fmt.Errorf("%w: a line is longer than %d bytes", ErrIncomplete, maxLine))
			r.tooLong, r.rest = true, r.rest[:0]
		case len(r.rest) > 0 || !whole:
			if r.rest = append(r.rest, part...); whole {
				r.line(r.rest)
				r.rest = r.rest[:0]
			}
		default:
			r.line(part)
		}
		r.tooLong = r.tooLong && !whole
	}
}

func (r *Reader) line(text []byte) {
	e, err := r.parser.Line(string(text))
	if err != nil {
		r.fail(fmt.Errorf("%w: %w", ErrIncomplete, err))
		return
	}
	if e.Kind != None {
		r.entries++
		r.add(e)
	}
}

// fail notes the first line that cannot be read.
func (r *Reader) fail(err error) {
	if r.unread == nil {
		r.unread = err
	}
}

// Err returns nil where all lines so far could be read. It says nothing about the end of
// the listing; see [Reader.Check]. The error wraps [ErrIncomplete].
func (r *Reader) Err() error { return r.unread }

// Some servers end a listing that was cut, or a directory that could not be read, with
// a positive reply. Only its text says so: "Transfer done (but failed to open
// directory)", "Output truncated", "Sorry, we were unable to read".
var (
	failureWords = regexp.MustCompile(`(?i)truncat|fail|unable|sorry|denied|error|abort`)
	matchesTotal = regexp.MustCompile(`(\d+) matches total`)
)

// cutAfter is the number of lines at which some servers that count the lines cut a
// listing, unless their settings say otherwise.
const cutAfter = 10000

// Check returns nil where the listing is complete: the data connection ended cleanly,
// the final reply, of code and text, is good, every line could be read, no name comes
// twice, and the number of lines is the one in the reply, where that has one. The error
// wraps [ErrIncomplete].
func (r *Reader) Check(clean bool, code int, text string) error {
	switch {
	case !clean:
		return fmt.Errorf("%w: the data connection broke", ErrIncomplete)
	case code != 226 && code != 250, failureWords.MatchString(text):
		return fmt.Errorf("%w: server says %03d %s", ErrIncomplete, code, text)
	case len(r.rest) > 0 || r.tooLong:
		return fmt.Errorf("%w: it ends within a line", ErrIncomplete)
	case r.unread != nil:
		return r.unread
	}
	m := matchesTotal.FindStringSubmatch(text)
	switch {
	case m == nil:
		return nil
	case m[1] != strconv.Itoa(r.entries):
		return fmt.Errorf("%w: %d lines came and the server says %q", ErrIncomplete, r.entries, text)
	case r.entries >= cutAfter && r.entries%cutAfter == 0:
		return fmt.Errorf("%w: the server may have cut it at %d lines, a limit that its settings can raise", ErrIncomplete, r.entries)
	}
	return nil
}

// Exceeded returns an error that names the limit of l which the listing has reached, and
// the setting for it. n is the number of bytes that came, and now our clock.
func (r *Reader) Exceeded(l Limits, n int64, now time.Time) error {
	return l.exceeded(n, r.entries, now)
}
