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

// errIncomplete is wrapped by every error about a listing that may lack names,
// so that nothing can be concluded from what it lacks.
var ErrIncomplete = errors.New("listing is not complete")

// Servers say in the final reply, with a code of success, that a listing was
// cut or that the directory could not be read: vsftpd "Transfer done (but failed
// to open directory)", pure-ftpd "Output truncated", "Sorry, we were unable to
// read".
var (
	failureWords = regexp.MustCompile(`(?i)truncat|fail|unable|sorry|denied|error|abort`)
	matchesTotal = regexp.MustCompile(`(\d+) matches total`)
)

// pureLimit is the number of lines at which pure-ftpd cuts every listing unless
// it is told otherwise.
const pureLimit = 10000

// checkCount compares the number of lines with the server's own count, where its
// final reply tells one.
func CheckCount(final Reply, lines int) error {
	m := matchesTotal.FindStringSubmatch(final.Text)
	switch {
	case m == nil:
		return nil
	case m[1] != strconv.Itoa(lines):
		return fmt.Errorf("%w: %d lines came and the server says %q", ErrIncomplete, lines, Printable(final.Text))
	case lines >= pureLimit && lines%pureLimit == 0:
		return fmt.Errorf("%w: %d lines is where pure-ftpd cuts (its option -L)", ErrIncomplete, lines)
	}
	return nil
}

// checkEnd looks at how a listing ended.
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

// entries reads the lines of a listing, without those that stand for no entry. An
// error, which wraps errIncomplete, ends it.
func (raw RawListing) Entries(form ListForm, now time.Time) iter.Seq2[listing.Entry, error] {
	parser := listing.LIST(now)
	if form == FormMLSD {
		parser = listing.MLSD()
	}
	return func(yield func(listing.Entry, error) bool) {
		for text := range strings.Lines(string(raw.Data)) {
			e, err := parser.Line(text)
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

// A rawListing is what came over the data connection, and how it ended.
type RawListing struct {
	Data  []byte
	Final Reply
	// clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	Clean bool
}
