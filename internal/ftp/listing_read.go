package ftp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"ferry/internal/ftp/listing"
)

// ErrIncomplete is wrapped by every error about a listing that may lack names. Nothing
// may be concluded from the absence of a name in it.
var ErrIncomplete = errors.New("the listing is not complete")

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

// A Listing is what came of one listing. Its lines are read as they come, and only their
// entries are kept, by whoever asked for it.
type Listing struct {
	Final Reply
	// Clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	Clean bool

	entries int   // lines that stand for an entry
	cut     bool  // it ends within a line
	unread  error // the first line that cannot be read; wraps ErrIncomplete
}

// Check returns nil where the listing is complete: the data connection ended cleanly,
// the final reply is good, every line could be read, no name comes twice, and the
// number of lines is the one in the final reply, where that has one. The error wraps
// [ErrIncomplete].
func (l *Listing) Check() error {
	switch {
	case !l.Clean:
		return fmt.Errorf("%w: the data connection broke", ErrIncomplete)
	case l.Final.Code != 226 && l.Final.Code != 250, failureWords.MatchString(l.Final.Text):
		return fmt.Errorf("%w: server says %v", ErrIncomplete, l.Final)
	case l.cut:
		return fmt.Errorf("%w: it ends within a line", ErrIncomplete)
	case l.unread != nil:
		return l.unread
	}
	m := matchesTotal.FindStringSubmatch(l.Final.Text)
	switch {
	case m == nil:
		return nil
	case m[1] != strconv.Itoa(l.entries):
		return fmt.Errorf("%w: %d lines came and the server says %q", ErrIncomplete, l.entries, Printable(l.Final.Text))
	case l.entries >= cutAfter && l.entries%cutAfter == 0:
		return fmt.Errorf("%w: the server may have cut it at %d lines, a limit that its settings can raise", ErrIncomplete, l.entries)
	}
	return nil
}

// Readable returns nil where all lines so far could be read. It says nothing about the
// end of the listing; see [Listing.Check].
func (l *Listing) Readable() error { return l.unread }

// maxListingLine is the length in bytes of the longest line of a listing.
const maxListingLine = 32 << 10

// A listingReader reads the lines of one listing.
type listingReader struct {
	Listing
	parser  *listing.Parser
	add     func(listing.Entry)
	rest    []byte // of a line whose end has not come
	tooLong bool   // the line in rest is longer than maxListingLine; what came of it is dropped
}

// newListingReader returns a reader that calls add for each entry. now completes dates
// without a year, as LIST shows them.
func newListingReader(form ListForm, now time.Time, add func(listing.Entry)) *listingReader {
	r := &listingReader{parser: listing.LIST(now), add: add}
	if form == FormMLSD {
		r.parser = listing.MLSD()
	}
	return r
}

// take reads the next piece of the listing, which may end anywhere.
func (r *listingReader) take(piece []byte) {
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
		case len(r.rest)+n > maxListingLine:
			r.fail(fmt.Errorf("%w: a line is longer than %d bytes", ErrIncomplete, maxListingLine))
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
	r.cut = len(r.rest) > 0 || r.tooLong
}

func (r *listingReader) line(text []byte) {
	e, err := r.parser.Line(string(text))
	if err != nil {
		r.fail(fmt.Errorf("%w: %w", ErrIncomplete, err))
		return
	}
	if e.Kind != listing.None {
		r.entries++
		r.add(e)
	}
}

// fail notes the first line that cannot be read.
func (r *listingReader) fail(err error) {
	if r.unread == nil {
		r.unread = err
	}
}

// ParseListing reads a whole listing that was made by form, and calls add for each of
// its entries. now is the time of the listing, since LIST leaves out the year of recent
// times. Final and Clean of the result are for the caller to set.
func ParseListing(form ListForm, data []byte, now time.Time, add func(listing.Entry)) *Listing {
	r := newListingReader(form, now, add)
	r.take(data)
	return &r.Listing
}

// ReadListing reads a listing, which was made by form, to its end, and calls add for each
// entry as it comes. It breaks off and fails where there are more entries or bytes than
// [Options.MaxListing] allows, or where they come too slowly. Final is still to be set by
// the caller, from [Download.Finish] or the transfer.
func (d *Download) ReadListing(form ListForm, now time.Time, add func(listing.Entry)) (*Listing, error) {
	r := newListingReader(form, now, add)
	limit, err := r.readAll(d, d.Transfer.data.sock, newListingLimits(d.s.c.opts, time.Now()))
	if limit != nil {
		err = &Error{Op: d.Transfer.Op, Path: d.Transfer.Path, Class: File, Err: limit}
	}
	if err != nil {
		d.Abort()
		return nil, err
	}
	r.Clean = d.Clean()
	return &r.Listing, nil
}

// readAll reads a listing to its end from in, which reads from sock. limit says which of
// the limits it has reached.
func (r *listingReader) readAll(in io.Reader, sock *timedConn, limits listingLimits) (limit, err error) {
	defer sock.endBy(time.Time{})
	buf := make([]byte, 16<<10)
	for total := int64(0); ; {
		sock.endBy(limits.end(total))
		n, err := in.Read(buf)
		total += int64(n)
		r.take(buf[:n])
		if err == io.EOF {
			return nil, nil
		}
		if limit := limits.exceeded(total, r.entries, time.Now()); limit != nil || err != nil {
			return limit, err
		}
	}
}
