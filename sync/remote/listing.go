package remote

import (
	"context"
	"fmt"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// A dirListing is the complete content of one directory. A listing that may be
// incomplete is an error.
type dirListing struct {
	entries []listed // without the directory itself and the one above
	self    bool     // the listing shows the directory itself, as "." or type=cdir
	id      uint64   // of the directory itself; 0: not told
	// refused are names that no path can hold, with the reason.
	refused []refusedName
	newest  int64 // the latest time that LIST showed, in Unix seconds; 0: none
	lines   int
}

type refusedName struct {
	name string
	why  error
}

// list lists dir in the form that suits this server. The listing is complete, or
// there is an error.
func (srv *server) list(ctx context.Context, s *ftp.Session, dir string) (*dirListing, error) {
	f := s.Features()
	raw, err := s.List(ctx, dir, f.ListForm())
	if err != nil {
		return nil, err
	}
	l, err := parseListing(f.ListForm(), raw, time.Now())
	if f.ShowsSelf() && f.ListForm() == ftp.FormLISTAll && err == nil && !l.self {
		if raw, err = s.List(ctx, dir, ftp.FormLISTAllLong); err != nil {
			return nil, err
		}
		l, err = parseListing(ftp.FormLISTAllLong, raw, time.Now())
	}
	if err == nil && f.ShowsSelf() && !l.self {
		err = fmt.Errorf("%w: the directory itself is not in it, although other listings of this server show it", ftp.ErrIncomplete)
	}
	if err != nil {
		class := ftp.File
		if !raw.Clean || raw.Final.Code/100 == 4 { // it broke off: that is worth another attempt
			class = ftp.Retry
		}
		return nil, &ftp.Error{Op: "listing", Path: dir, Class: class, Err: err}
	}
	return l, nil
}

// parseListing reads a listing and makes sure that it is complete: the connection
// ended cleanly, the final reply is good, every line could be read, and no name comes
// twice. now is our clock.
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

// parseLines reads the lines of a listing, which need not be complete.
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
	l.entries = append(l.entries, listed{line.Name, e, line.Mode})
}

// mode returns the permission bits of name, as in [listing.Entry].
func (l *dirListing) mode(name string) uint16 {
	for _, one := range l.entries {
		if one.name == name {
			return one.mode
		}
	}
	return 0
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
