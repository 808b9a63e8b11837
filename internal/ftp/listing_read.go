package ftp

import (
	"io"
	"time"

	"ferry/internal/ftp/charset"
	"ferry/internal/ftp/listing"
	"ferry/internal/ftp/socket"
)

// ErrIncomplete is wrapped by every error about a listing that may lack names. Nothing
// may be concluded from the absence of a name in it.
var ErrIncomplete = listing.ErrIncomplete

// listingWaits is how many timeouts a listing may take, whatever its length.
const listingWaits = 20

// A Listing is what came of one listing. Its lines are read as they come, and only their
// entries are kept, by whoever asked for it.
type Listing struct {
	Final Reply
	// Clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	Clean bool
	lines *listing.Reader
}

// newListing returns a listing, made by form in a format, that calls add for each entry. now
// completes dates without a year, as LIST shows them, and cs is the encoding of the lines.
func newListing(form ListForm, format listing.Format, now time.Time, cs *charset.Charset, add func(listing.Entry)) *Listing {
	parser := listing.LISTAs(format, now)
	if form == FormMLSD {
		parser = listing.MLSD()
	}
	if cs.Converts() {
		parser.DecodeWith(cs.Decode)
	}
	return &Listing{lines: listing.NewReader(parser, add)}
}

// Check returns nil where the listing is complete; see [listing.Reader.Check]. The error
// wraps [ErrIncomplete].
func (l *Listing) Check() error {
	return l.lines.Check(l.Clean, l.Final.Code, Printable(l.Final.Text))
}

// Readable returns nil where all lines so far could be read. It says nothing about the
// end of the listing; see [Listing.Check].
func (l *Listing) Readable() error { return l.lines.Err() }

// ReadListing reads a listing, which was made by form, to its end, and calls add for each
// entry as it comes. It breaks off and fails where there are more entries or bytes than
// [Options.MaxListing] allows, or where they come too slowly. Final is still to be set by
// the caller, from [Download.Finish] or the transfer.
func (d *Download) ReadListing(form ListForm, now time.Time, add func(listing.Entry)) (*Listing, error) {
	l := newListing(form, d.s.c.opts.ListFormat, now, d.s.c.opts.Charset, add)
	limit, err := readLines(l.lines, d, d.Transfer.data.sock, d.s.c.opts)
	if limit != nil {
		err = &Error{Op: d.Transfer.Op, Path: d.Transfer.Path, Class: File, Err: limit}
	}
	if err != nil {
		d.Abort()
		return nil, err
	}
	l.Clean = d.Clean()
	return l, nil
}

// readLines reads a listing to its end from in, which reads from sock. limit says which of
// the limits it has reached.
func readLines(r *listing.Reader, in io.Reader, sock *socket.Conn, o *Options) (limit, err error) {
	ours := o.BytesDown / int64(2*max(o.Connections, 1)) // all sessions share it
	limits := listing.NewLimits(o.MaxListing, ours, listingWaits*o.Timeout, time.Now())
	defer sock.LiftEnd()
	buf := make([]byte, 16<<10)
	for total := int64(0); ; {
		sock.EndBy(limits.End(total))
		n, err := in.Read(buf)
		total += int64(n)
		r.Take(buf[:n])
		if err == io.EOF {
			return nil, nil
		}
		if limit := r.Exceeded(limits, total, time.Now()); limit != nil || err != nil {
			return limit, err
		}
	}
}
