package sync

import (
	"time"

	"ferry/manifest"
	"ferry/sync/compare"
)

// An Event is something that an observer may want to show. The types below are all
// that exist.
type Event interface{ event() }

// Observer receives the events of a pass, one at a time.
type Observer func(Event)

// Scanned says that a side was listed.
type Scanned struct {
	Side        Side
	Files, Dirs int
	Duration    time.Duration
	Problems    []manifest.Problem
}

// Doubted says that parts of a side are unknown although they were listed.
type Doubted struct {
	Side     Side
	Problems []manifest.Problem
}

// Comparing says how far the contents are known that the plan depends on.
type Comparing struct{ compare.Progress }

// Planned says what a pass is going to do. In a dry run only Ended follows.
type Planned struct{ Plan *Plan }

// Started says that an action began.
type Started struct{ Action *Action }

// Progress says that N more bytes of an action were transferred.
type Progress struct {
	Action *Action
	N      int64
}

// Finished says that an action ended. Err is nil if it succeeded.
type Finished struct {
	Action *Action
	Err    error
}

// Refused says that a side would not carry out an action, which is left alone. That is no
// failure.
type Refused struct{ Action *Action }

// Noticed is a message for the user, for instance that the server allows fewer
// connections.
type Noticed struct{ Text string }

// Ended is the last event of a pass.
type Ended struct{ Summary Summary }

func (Scanned) event()   {}
func (Doubted) event()   {}
func (Comparing) event() {}
func (Planned) event()   {}
func (Started) event()   {}
func (Progress) event()  {}
func (Finished) event()  {}
func (Refused) event()   {}
func (Noticed) event()   {}
func (Ended) event()     {}
