package deploy

import (
	"time"

	"ferry/manifest"
)

// A Sum is the first half of the SHA-256 of a content.
type Sum [16]byte

// A File is one file of a release: what a deploy put into the site and may replace or delete.
type File struct {
	Path manifest.Path
	Sum  Sum
	// Seen is the file as the server showed it when it was put there: size, time,
	// identity, spelling. A file that is shown otherwise is drift.
	Seen manifest.Entry
	// Mode has the permission bits that the server showed; 0: not known.
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

// A Change is one step from a release to the next, of one file.
type Change struct {
	Path manifest.Path
	// From is the name below the work directory from which the file comes, "" for a
	// file that is deleted.
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
	// Class says when the file goes live: lower classes first.
	Class int
}
