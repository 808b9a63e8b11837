package list

import (
	"errors"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// A Listing is the complete content of one directory. A listing that may be
// incomplete is an error.
type Listing struct {
	Entries []Line // without the directory itself and the one above
	Self    bool   // the listing shows the directory itself, as "." or type=cdir
	ID      uint64 // of the directory itself; 0: not told
	// Refused are names that no path can hold, with the reason.
	Refused []RefusedName
	Newest  int64 // the latest time that LIST showed, in Unix seconds; 0: none
}

// A RefusedName is a name that no path can hold, and the reason.
type RefusedName struct {
	Name string
	Why  error
}

// Add adds a line.
func (l *Listing) Add(line listing.Entry) {
	e := EntryOf(line)
	switch line.Kind {
	case listing.CurrentDir:
		l.Self, l.ID = true, e.ID
		return
	case listing.ParentDir:
		return
	}
	if err := checkListedName(line); err != nil {
		l.Refused = append(l.Refused, RefusedName{line.Name, err})
		return
	}
	l.Newest = max(l.Newest, e.Shown)
	l.Entries = append(l.Entries, Line{line.Name, e, line.Mode, line.NoSize, line.Target})
}

// Mode returns the permission bits of name, as in [listing.Entry].
func (l *Listing) Mode(name string) uint16 {
	for _, one := range l.Entries {
		if one.Name == name {
			return one.Mode
		}
	}
	return 0
}

// Find returns what the listing has under name.
func (l *Listing) Find(name string) manifest.Entry {
	for _, one := range l.Entries {
		if one.Name == name {
			return one.Entry
		}
	}
	return manifest.Entry{}
}

// checkListedName refuses a name in a listing that no path can hold.
func checkListedName(line listing.Entry) error {
	if line.Undecoded {
		return errUndecoded
	}
	return manifest.CheckName(line.Name)
}

var errUndecoded = errors.New("its bytes are not a name in the encoding of the server, or not the one that the encoding would use; is `encoding` right?")
