package remote

import (
	"time"

	"ferry/internal/ftp"
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

// parseListing reads a listing and makes sure that it is whole: the connection
// ended cleanly, the server is content, every line was read, and no name is
// there twice or impossible. now is our clock.
func parseListing(form ftp.ListForm, raw ftp.RawListing, now time.Time) (*dirListing, error) {
	if err := ftp.CheckEnd(raw); err != nil {
		return nil, err
	}
	l, err := parseLines(form, raw.Data, now)
	if err == nil {
		err = ftp.CheckCount(raw.Final, l.lines)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// parseLines reads what came of a listing. That every line can be read does not
// make it complete.
func parseLines(form ftp.ListForm, data []byte, now time.Time) (*dirListing, error) {
	l := new(dirListing)
	for line, err := range (ftp.RawListing{Data: data}).Entries(form, now) {
		if err != nil {
			return nil, err
		}
		l.add(line)
	}
	return l, nil
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
