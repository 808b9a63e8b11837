package deploy

import (
	"time"

	"ferry/manifest"
)

// A Result is what a deploy came to.
type Result struct {
	Release  int // the number of the release that is live now
	Previous int // the one before this deploy; 0: none
	Plan     *Plan
	// Finished is the release of an earlier run that was past its point of no return
	// when it broke off, and that this run has finished; 0: there was none.
	Finished int
	Uploaded int
	Reused   int // files that an earlier run had staged
	BytesUp  int64
	Replaced int
	Deleted  int
	// Mixed is how long the commit took, from its first command to its last reply: in
	// that time visitors could see files of both releases.
	Mixed time.Duration
	// Failed are the files that could not be put in place or deleted.
	Failed map[manifest.Path]error
	// Committed says that the release is live.
	Committed bool
}

// WentLive reports whether a release went live in this run, its own or that of an earlier one.
func (r *Result) WentLive() bool { return r.Committed || r.Finished != 0 }

// Nothing reports whether there was nothing to deploy.
func (r *Result) Nothing() bool { return r.Plan != nil && r.Plan.Empty() && r.Finished == 0 }
