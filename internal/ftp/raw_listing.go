package ftp

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strconv"
	"strings"
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

// listingLimit is the number of lines at which some servers that count the lines cut a
// listing, unless their settings say otherwise.
const listingLimit = 10000

// CheckCount compares the number of lines of a listing with the count in the server's
// final reply, where that has one. The error wraps [ErrIncomplete].
func CheckCount(final Reply, lines int) error {
	m := matchesTotal.FindStringSubmatch(final.Text)
	switch {
	case m == nil:
		return nil
	case m[1] != strconv.Itoa(lines):
		return fmt.Errorf("%w: %d lines came and the server says %q", ErrIncomplete, lines, Printable(final.Text))
	case lines >= listingLimit && lines%listingLimit == 0:
		return fmt.Errorf("%w: the server may have cut it at %d lines, a limit that its settings can raise", ErrIncomplete, lines)
	}
	return nil
}

// CheckEnd checks how a listing ended: the data connection, the final reply, and the
// last line. The error wraps [ErrIncomplete].
func CheckEnd(raw RawListing) error {
	switch {
	case !raw.Clean:
		return fmt.Errorf("%w: the data connection broke", ErrIncomplete)
	case raw.Final.Code != 226 && raw.Final.Code != 250:
		return fmt.Errorf("%w: server says %v", ErrIncomplete, raw.Final)
	case failureWords.MatchString(raw.Final.Text):
		return fmt.Errorf("%w: server says %v", ErrIncomplete, raw.Final)
	case len(raw.Data) > 0 && raw.Data[len(raw.Data)-1] != '\n':
		return fmt.Errorf("%w: it ends within a line", ErrIncomplete)
	}
	return nil
}

// Entries returns the entries of a listing, which was made by form. now is the time of
// the listing, since LIST leaves out the year of recent times. An error, which wraps
// [ErrIncomplete], ends the sequence.
func (raw RawListing) Entries(form ListForm, now time.Time) iter.Seq2[listing.Entry, error] {
	parser := listing.LIST(now)
	if form == FormMLSD {
		parser = listing.MLSD()
	}
	return func(yield func(listing.Entry, error) bool) {
		for text := range strings.Lines(string(raw.Data)) {
			e, err := parser.Line(text)
			if err == nil && e.NoSize {
				err = fmt.Errorf("the size of %q is not shown", e.Name)
			}
			if err != nil {
				yield(listing.Entry{}, fmt.Errorf("%w: %w", ErrIncomplete, err))
				return
			}
			if e.Kind != listing.None && !yield(e, nil) {
				return
			}
		}
	}
}

// A RawListing is the data of a listing, and how it ended.
type RawListing struct {
	Data  []byte
	Final Reply
	// Clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	Clean bool
}
