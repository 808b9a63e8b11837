package list

import (
	"hash/fnv"
	"time"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
)

// A Line is one line of a listing.
type Line struct {
	Name  string // exactly as sent
	Entry manifest.Entry
	Mode  uint16 // as in [listing.Entry]
	// NoSize says that the line does not tell the size of the file.
	NoSize bool
	Target string // as in [listing.Entry]
}

// EntryOf makes an entry of a line of a listing.
func EntryOf(l listing.Entry) manifest.Entry {
	if l.Kind == listing.None {
		return manifest.Entry{}
	}
	e := manifest.Entry{Kind: kinds[l.Kind], Size: l.Size, ID: identity(l.Unique), Precision: manifest.NoTime}
	switch {
	case l.Precision == listing.NoTime:
	case l.UTC:
		e.SetTime(l.ModTime, precisions[l.Precision])
	default:
		SetShown(&e, l.ModTime, precisions[l.Precision])
	}
	return e
}

var kinds = [...]manifest.Kind{
	listing.File:       manifest.File,
	listing.Dir:        manifest.Dir,
	listing.CurrentDir: manifest.Dir,
	listing.ParentDir:  manifest.Dir,
	listing.Link:       manifest.Other,
	listing.Other:      manifest.Other,
}

var precisions = [...]manifest.Precision{
	listing.Day:    manifest.Day,
	listing.Minute: manifest.Minute,
	listing.Second: manifest.Second,
}

// SetShown puts the time that a line of LIST shows into e. It is also the modification
// time, until MDTM tells a better one.
func SetShown(e *manifest.Entry, t time.Time, p manifest.Precision) {
	e.Shown, e.ShownPrecision = t.Unix(), p
	if e.Shown == 0 {
		e.Shown = 1 // 0 means that no time was shown
	}
	e.SetTime(t, p)
}

// identity makes a number of a unique fact, whose form is up to the server; 0 where
// there is none.
func identity(unique string) uint64 {
	if unique == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(unique))
	return max(h.Sum64(), 1)
}
