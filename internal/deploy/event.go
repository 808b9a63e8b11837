package deploy

import "ferry/manifest"

// An Event tells what a deploy does.
type Event interface{ isEvent() }

// The events.
type (
	// Planned comes when the plan is made, also for a dry run. Bytes is what its files have
	// that are to be staged.
	Planned struct {
		Plan  *Plan
		Bytes int64
	}
	// Staged comes for each file that is on the server and not yet visible.
	Staged struct {
		Path   manifest.Path
		Size   int64
		Reused bool // an earlier run had brought it
	}
	// Committing comes right before the first change that visitors can see.
	Committing struct{ Changes int }
	// Committed comes when the release is live.
	Committed struct{ Release int }
	// WentLive comes when a release is live, with what it changed: also for one of an earlier
	// run that this one has finished.
	WentLive struct{ Release *Release }
	// Failed comes for a file that could not be put in place or deleted.
	Failed struct {
		Path manifest.Path
		Err  error
	}
	// Noticed is something that a user may want to know, Warned something he should.
	Noticed struct{ Text string }
	Warned  struct{ Text string }
)

func (Planned) isEvent()    {}
func (Staged) isEvent()     {}
func (Committing) isEvent() {}
func (Committed) isEvent()  {}
func (WentLive) isEvent()   {}
func (Failed) isEvent()     {}
func (Noticed) isEvent()    {}
func (Warned) isEvent()     {}
