// Package release has what a deploy makes of a site, a [Release], and how it is kept on the server:
// [Encode] and [Decode].
package release

import (
	"slices"
	"time"

	"ferry/manifest"
)

// A Sum is the first half of the SHA-256 of a content.
type Sum [16]byte

// A File is one file of a release: what a deploy put into the site and may replace or delete.
type File struct {
	Path manifest.Path
	Sum  Sum
	// Seen is the file as the server showed it when it was put there: size, time and
	// spelling. A file that is shown otherwise is drift. Identities are not kept: a
	// backup that is restored gives every file another one.
	Seen manifest.Entry
	// Mode has the permission bits that the server showed or that a deploy set; 0: not known.
	Mode uint16
	// Exec says that the local file was executable.
	Exec bool
	// Gone is when the file left the site's source, for one that is kept for a while
	// because open pages may still ask for it; the zero time: it belongs to the release.
	Gone time.Time
}

// A Release is what is deployed, or about to be.
type Release struct {
	Number   int
	ID       string // 16 random hex digits
	Time     time.Time
	Revision string // of the source, such as a commit; may be empty
	Sequence int64  // counts the runs of one source; 0: not known
	Source   string // where the files are from: a repository, or host and path
	Root     string // identity of the root on the server; "": not known
	By       string // the program that wrote it
	// Held is a sequence: automatic deploys up to it are refused, since somebody went
	// back; 0: nothing is held.
	Held  int64
	Files []File // sorted by path
	// Changes are how this release came about from the one before, in the order of
	// the commit.
	Changes []Change
	// Back is the number of the release whose files came back, for a rollback; else 0.
	Back int
	// Maintenance is the file that stands in the site while the release goes live.
	Maintenance MaintenanceFile
	// History has the releases before this one, the newest first, at most [MostHistory].
	History []Record
}

// MostHistory is the most records that a release keeps of those before it.
const MostHistory = 50

// A Record is what is told of a release that is not live any more.
type Record struct {
	Number   int
	Time     time.Time
	Revision string
	Source   string
	Sequence int64
	By       string
	Put      int // files that it brought or replaced
	Deleted  int
	Drift    int // versions of the server that it saved
}

// A Change is one step from a release to the next, of one file. It puts a file there,
// deletes one, or sets the mode of one that stays.
type Change struct {
	Kind ChangeKind
	Path manifest.Path
	// From is the name below the work directory from which a file comes that is put
	// there; "" before it is staged.
	From string
	// Aside is the name below the work directory to which the version on the server
	// goes; "": it is replaced or deleted for good.
	Aside string
	// Was is what the server shows at Path before; the zero Entry: nothing.
	Was manifest.Entry
	// Is is what it shows afterwards; the zero Entry: nothing. It has the stamp of the
	// staged file, which a rename keeps.
	Is manifest.Entry
	// Drift says that what is there before is not what a deploy put there.
	Drift bool
	// Mode is to be set on the file: on the staged one, before it goes live, or on the one
	// that stays; 0: none.
	Mode uint16
	// Class says when the file goes live: lower classes first.
	Class int
}

// A ChangeKind says what a [Change] does.
type ChangeKind uint8

// The kinds.
const (
	Put    ChangeKind = iota // the file comes from the stage
	Remove                   // the file is deleted, or goes aside; or an empty directory makes way for a file
	Chmod                    // the file stays, and gets another mode
)

// The letters of changes, as git shows them.
const (
	Added    = "A"
	Modified = "M"
	Deleted  = "D"
)

// Letter returns the letter that stands for c.
func (c *Change) Letter() string {
	switch {
	case c.Kind == Remove:
		return Deleted
	case c.Was.IsFile():
		return Modified
	}
	return Added
}

// RemovesDir reports whether c removes a directory, which makes way for a file.
func (c *Change) RemovesDir() bool { return c.Kind == Remove && c.Was.IsDir() }

// Before returns the number of the release before r, 0 where that is not known.
func (r *Release) Before() int {
	if len(r.History) == 0 {
		return 0
	}
	return r.History[0].Number
}

// Content returns the number of the release whose files r has: its own, or that of the release
// whose files came back with it.
func (r *Release) Content() int {
	if r.Back != 0 {
		return r.Back
	}
	return r.Number
}

// File returns the file of the release at p, or nil.
func (r *Release) File(p manifest.Path) *File {
	i, found := slices.BinarySearchFunc(r.Files, p, func(f File, p manifest.Path) int { return f.Path.Compare(p) })
	if !found {
		return nil
	}
	return &r.Files[i]
}

// Record returns what is told of r once another release is live.
func (r *Release) Record() Record {
	rec := Record{Number: r.Number, Time: r.Time, Revision: r.Revision, Source: r.Source, Sequence: r.Sequence, By: r.By}
	for i := range r.Changes {
		switch c := &r.Changes[i]; {
		case c.Kind == Put:
			rec.Put++
		case c.Kind == Remove && !c.RemovesDir():
			rec.Deleted++
		}
		if r.Changes[i].Drift {
			rec.Drift++
		}
	}
	return rec
}

// Follow makes r the release after live, which may be nil: it gets the next number, and the
// history with a record of live.
func (r *Release) Follow(live *Release) {
	r.Number = 1
	if live == nil {
		return
	}
	r.Number = live.Number + 1
	r.History = append([]Record{live.Record()}, live.History...)
	if len(r.History) > MostHistory {
		r.History = r.History[:MostHistory]
	}
}

// A MaintenanceFile is the file of a [Maintenance] as a release records it, so that whoever finishes
// the release can take it away. The zero MaintenanceFile is none.
type MaintenanceFile struct {
	Path manifest.Path
	Is   manifest.Entry // what the server shows of it
}
