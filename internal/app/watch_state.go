package app

import (
	stdsync "sync"

	"ferry/internal/daemon"
	"ferry/internal/text"
	"ferry/sync/meter"
	"ferry/sync/watch"
)

// A watchState is what is known of a watched pair. It may be used from any goroutine.
type watchState struct {
	meter meter.Meter // of the pass under way

	mu     stdsync.Mutex // guards what follows
	status watch.Status
	rest   watch.State // the last one that was not a pass
	active bool        // the pass under way has something to do
	hinted bool        // something changed locally, and no pass has looked at it yet
}

// changed takes a new status.
func (s *watchState) changed(status watch.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if status.State == watch.Syncing {
		if s.status.State != watch.Syncing {
			s.meter.Reset()
		}
	} else {
		s.rest, s.active = status.State, false
		s.hinted = s.hinted && (status.State != watch.Idle || status.Queue > 0)
	}
	s.status = status
}

// busy says that the pass under way has something to do.
func (s *watchState) busy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = true
}

// hint says that something has changed on the local side.
func (s *watchState) hint() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hinted = true
}

// inStep reports whether the pair was in step when it was last looked at, and nothing
// was found to do since.
func (s *watchState) inStep() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rest == watch.Idle && !s.active && !s.hinted
}

// words says in a few words what the pair is doing.
func (s *watchState) words() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.status.State {
	case watch.Idle:
		return "in sync"
	case watch.Waiting, watch.Halted:
		return string(s.status.State) + ": " + text.Clean(s.status.Reason)
	}
	return string(s.status.State)
}

// progress returns how far the pass under way is, nil where it has nothing to do.
func (s *watchState) progress() *daemon.Progress {
	done, total := s.meter.Count()
	if total.Actions == 0 {
		return nil
	}
	return &daemon.Progress{Files: done.Actions, FilesTotal: total.Actions, Bytes: done.Bytes, BytesTotal: total.Bytes}
}
