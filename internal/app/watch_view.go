package app

import (
	"ferry/sync"
	"ferry/sync/watch"
)

// A PairView is shown what becomes of one watched pair. Its methods may be called from
// any goroutine.
type PairView interface {
	Talker
	// Status shows a new status of the pair, and Busy that the pass under way has
	// something to do.
	Status(watch.Status)
	Busy()
	// Pass returns what shows the next pass. It is told nothing unless there is news.
	Pass() PassReport
	// Event is told every event of every pass.
	Event(sync.Event)
	// PassFailed takes the error that ended a pass or kept the pair from being opened.
	// The status tells of it as well.
	PassFailed(error)
	// Failed takes an error that no status tells of.
	Failed(error)
}
