package deploy

import (
	"time"

	"ferry/manifest"
	"ferry/sync/namecase"
)

// A LocalFile is one file of the local directory.
type LocalFile struct {
	Path manifest.Path
	Size int64
	Sum  Sum
	Exec bool // a bit of its mode says so
}

// DriftRule says what happens to what somebody else changed in the site.
type DriftRule uint8

// The rules; see docs/deploy.md.
const (
	SaveDrift DriftRule = iota
	StopAtDrift
	KeepDrift
	RestoreDrift
)

// FirstRule says how a first deploy meets what is on the server.
type FirstRule uint8

// The rules.
const (
	CompareFirst   FirstRule = iota // equal sizes are compared by content
	TrustFirst                      // equal sizes are taken as equal
	OverwriteFirst                  // all is sent
)

// A Policy is what a profile says about its deploys.
type Policy struct {
	Drift DriftRule
	First FirstRule
	// Keep is how many releases can be gone back to; 0: none, and nothing is kept.
	Keep int
	// DeleteAfter is how long files stay that a release does not have any more.
	DeleteAfter time.Duration
	// DriftKeep is how long the versions stay that somebody else made and a deploy saved; 0:
	// for ever.
	DriftKeep time.Duration
	// Skip names what is never deployed nor looked at; it may be nil.
	Skip func(p manifest.Path, dir bool) bool
	// Class returns when a file goes live, see [order.Order]; nil: as [order.Default] says.
	Class func(p manifest.Path) int
	// MostDeletions is how many files may be deleted of a number; nil: as [sync.NewLimits] says.
	MostDeletions func(of int) int
	AcceptEmpty   bool // the local directory may be empty
	// Audit looks at all managed files, not only at those in directories that change.
	Audit bool
	// Mode returns the mode that the profile sets for a file; 0, or a nil Mode: none. It is
	// nil where the server refuses to set modes.
	Mode      func(p manifest.Path) uint16
	KeepModes bool
	// IgnoreExec says that the local disk knows no executable files, as on Windows. What
	// the state says of them holds.
	IgnoreExec bool
}

// A Site is what a deploy meets on the server.
type Site struct {
	State *Release // what is live; nil: a first deploy
	// Lists are the directories that were listed. Others are as State says.
	Lists map[manifest.Path]*DirList
	// Same says of files that no deploy put there, and that have the size of the local file,
	// whether they hold the same; a file that is not in it is not known. See [Uncompared].
	Same map[manifest.Path]bool
	// Folding says whether names that differ only in case are one name. It need only be
	// known where [CaseTwins] finds any.
	Folding namecase.Folding
}

// A Plan is what a deploy is going to do. It is a value.
type Plan struct {
	// Release is the one to come. From and Is of its changes are not known before its
	// files are staged, see [Plan.Staged].
	Release Release
	// Stage are the files to be uploaded: indexes of Release.Changes.
	Stage []int
	// MakeDirs and RemoveDirs are directories of the site, in the order in which it is done.
	MakeDirs, RemoveDirs []manifest.Path
	// Record says that the state is to be written though nothing changes in the site:
	// files were adopted, or are kept for a while.
	Record bool
	// Drift are the paths that somebody else changed, and what is done about them.
	Drift []Drift
	// Unknown are directories that could not be listed and in which something would change.
	Unknown map[manifest.Path]error
	// Extras is how many files of the site no deploy put there; counted where all was listed.
	Extras int
}

// A Drift is a file of the site that somebody else changed.
type Drift struct {
	Path  manifest.Path
	What  string // one of the constants below
	Saved bool   // its version goes to the work directory
	Left  bool   // it is left as it is
}

// What somebody else did to a file.
const (
	DriftChanged = "changed"
	DriftDeleted = "deleted"
	DriftInWay   = "in the way" // no deploy put it there
)

// Empty reports whether nothing is to be done and nothing is to be recorded.
func (p *Plan) Empty() bool {
	return len(p.Release.Changes) == 0 && len(p.MakeDirs) == 0 && len(p.RemoveDirs) == 0 && !p.Record
}

// Staged records that the file of Release.Changes[i] is staged under name, and how the
// server shows it. A rename keeps that.
func (p *Plan) Staged(i int, name string, seen manifest.Entry, mode uint16) {
	c := &p.Release.Changes[i]
	seen.Name = c.Was.Name // it takes the place of that spelling
	seen.ID, seen.Changed, seen.Device, seen.Sum = 0, 0, 0, ""
	c.From, c.Is = name, seen
	if f := p.Release.File(c.Path); f != nil {
		f.Seen = seen
		if f.Mode == 0 {
			f.Mode = mode
		}
	}
}
