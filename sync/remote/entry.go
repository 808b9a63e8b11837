package remote

import (
	"ferry/manifest"
	"ferry/sync/remote/names"
)

// A place is a name in a directory of the server. The zero place is none.
type place = names.Place

// spelled returns e with the spelling of p noted where it differs. Of a directory only
// the identity is kept.
func spelled(e manifest.Entry, p manifest.Path, name string) manifest.Entry {
	if e.Kind == manifest.Dir {
		e = manifest.Entry{Kind: manifest.Dir, ID: e.ID, Precision: manifest.NoTime}
	}
	e.Name = ""
	if name != p.Base() {
		e.Name = name
	}
	return e
}

// withDetails returns was, which now does not contradict, with what now tells better.
func withDetails(was, now manifest.Entry) manifest.Entry {
	if now.Precision < was.Precision {
		was.ModTime, was.Precision = now.ModTime, now.Precision
	}
	if was.ID == 0 {
		was.ID = now.ID
	}
	return was
}
