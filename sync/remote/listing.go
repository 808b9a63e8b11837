package remote

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// A dirListing is the content of one directory, complete: a listing of which
// that is not certain is an error.
type dirListing struct {
	entries []listed // without the directory itself and the one above
	self    bool     // the directory itself was listed, as "." or type=cdir
	id      uint64   // of the directory itself, where it was told
	// refused are names that no path can hold, with the reason.
	refused []refusedName
	newest  int64 // the latest time shown by LIST, in seconds; 0: none
	lines   int
}

type refusedName struct {
	name string
	why  error
}

// errIncomplete is wrapped by every error about a listing that may lack names,
// so that nothing can be concluded from what it lacks.
var errIncomplete = errors.New("listing is not complete")

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

// parseListing reads a listing and makes sure that it is whole: the connection
// ended cleanly, the server is content, every line was read, and no name is
// there twice or impossible. now is our clock.
func parseListing(form listForm, raw rawListing, now time.Time) (*dirListing, error) {
	if err := checkEnd(raw); err != nil {
		return nil, err
	}
	l, err := parseLines(form, raw.data, now)
	if err == nil {
		err = l.checkCount(raw.final)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// parseLines reads what came of a listing. That every line can be read does not
// make it complete.
func parseLines(form listForm, data []byte, now time.Time) (*dirListing, error) {
	l := new(dirListing)
	parser := listing.LIST(now)
	if form == formMLSD {
		parser = listing.MLSD()
	}
	for text := range strings.Lines(string(data)) {
		line, err := parser.Line(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errIncomplete, err)
		}
		if line.Kind != listing.None {
			l.add(line)
		}
	}
	return l, nil
}

// checkCount holds the number of lines against the server's own.
func (l *dirListing) checkCount(final reply) error {
	m := matchesTotal.FindStringSubmatch(final.text)
	switch {
	case m == nil:
		return nil
	case m[1] != strconv.Itoa(l.lines):
		return fmt.Errorf("%w: %d lines came and the server says %q", errIncomplete, l.lines, printable(final.text))
	case l.lines >= pureLimit && l.lines%pureLimit == 0:
		return fmt.Errorf("%w: %d lines is where pure-ftpd cuts (its option -L)", errIncomplete, l.lines)
	}
	return nil
}

// checkEnd looks at how a listing ended.
func checkEnd(raw rawListing) error {
	switch {
	case !raw.clean:
		return fmt.Errorf("%w: the data connection broke", errIncomplete)
	case raw.final.code != 226 && raw.final.code != 250:
		return fmt.Errorf("%w: server says %v", errIncomplete, raw.final)
	case failureWords.MatchString(raw.final.text):
		return fmt.Errorf("%w: server says %v", errIncomplete, raw.final)
	case len(raw.data) > 0 && raw.data[len(raw.data)-1] != '\n':
		return fmt.Errorf("%w: it ends within a line", errIncomplete)
	}
	return nil
}

// add takes in what a line says.
func (l *dirListing) add(line listing.Entry) {
	l.lines++
	e := entryOf(line)
	switch line.Kind {
	case listing.CurrentDir:
		l.self, l.id = true, e.ID
		return
	case listing.ParentDir:
		return
	}
	if err := manifest.CheckName(line.Name); err != nil {
		l.refused = append(l.refused, refusedName{line.Name, err})
		return
	}
	l.newest = max(l.newest, e.Shown)
	l.entries = append(l.entries, listed{line.Name, e})
}

// find returns what the listing has under name.
func (l *dirListing) find(name string) manifest.Entry {
	for _, one := range l.entries {
		if one.name == name {
			return one.entry
		}
	}
	return manifest.Entry{}
}
