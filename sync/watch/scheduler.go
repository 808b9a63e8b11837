package watch

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

const (
	// restAfter is how long the session must be idle before it is told to rest.
	restAfter = time.Minute
	// showAfter is how long a retry may take before the pair is shown as syncing
	// and no longer as waiting or halted.
	showAfter = 10 * time.Second
)

// A scheduler decides what a watch does next. It is pure: it is told what happens
// and what time it is, and returns the task that is due. It is used by one
// goroutine.
type scheduler struct {
	options    *Options
	pollRemote bool
	jitter     func() float64

	gaps  gapDetector
	queue queue
	polls pollPlan

	connected  bool // there is a session
	spread     bool // the next poll is the first one after a connection
	disconnect bool // close the session before anything else
	canRest    bool // the session is a [Rester]
	handover   bool // another process has asked for the pair, or has it
	paused     bool // the user wants nothing to be done

	task       task // that is running
	taskBegan  time.Time
	batch      batch // of the running pass
	polledDirs int   // number of directories in the running poll
	acted      bool  // the running pass has begun to change something
	lastPass   task  // kind of the last pass
	idleSince  time.Time

	fullNeeded bool // a full pass is due now
	poked      bool // since the last attempt began
	fullDue    time.Time
	fullRetry  retry
	fullFailed int // failures of the last full pass, until all were retried well
	fullTook   time.Duration

	dirsStale    bool // the list of directories may be out of date
	dirsReadAt   time.Time
	dirsReadTook time.Duration

	failure     failure // why the pair waits or is halted
	failures    failureCount
	unsafeTries int  // failed tries in a row that a rail stopped
	hinted      bool // since the last try
	triedAt     time.Time
	nextTry     time.Time
	insists     bool // the next try is to be made whatever others have found out

	status         Status
	knownConflicts map[manifest.Path]bool // skipped conflicts that were counted
}

// newScheduler returns the scheduler of a pair of which nothing is known. The
// defaults of the options are filled in. jitter returns numbers from 0 to 1.
func newScheduler(o *Options, jitter func() float64) *scheduler {
	return &scheduler{options: o, pollRemote: o.PollRemote, jitter: jitter,
		queue: newQueue(), polls: newPollPlan(o.Poll, o.PollMax), fullNeeded: true, dirsStale: true}
}

// tick tells the time, by the monotonic clock and by the wall clock.
func (s *scheduler) tick(now, wall time.Time) {
	if !s.gaps.detect(now, wall) {
		return
	}
	s.fullNeeded, s.insists = true, true
	switch {
	case s.failure.kind == unreachable:
		s.failures, s.nextTry = failureCount{logins: s.failures.logins}, now
	case !s.nextTry.IsZero():
		s.nextTry = rebased(s.nextTry, now)
	}
	s.polls.due = rebased(s.polls.due, now)
}

// rebased returns the moment t with a wall clock that fits now: the wall clock may
// have been set since t was computed.
func rebased(t, now time.Time) time.Time { return now.Add(t.Sub(now)) }

// hint takes a hint of local changes.
func (s *scheduler) hint(h Hint, now time.Time) {
	if len(h.Paths) == 0 && !h.Everything {
		return
	}
	s.queue.hint(h, now)
	parents := make([]manifest.Path, 0, len(h.Paths))
	for _, p := range h.Paths {
		parents = append(parents, p.Parent())
	}
	s.polls.noteActivity(now, parents...)
	s.hinted = true
	s.retrySooner()
}

// retrySooner moves the next try forward if a rail halted the pair and a hint came
// since the last try. Each try that fails makes this less effective.
func (s *scheduler) retrySooner() {
	if s.failure.kind != unsafePass || !s.hinted {
		return
	}
	soon := s.triedAt.Add(min(unsafeBackoff.delay(s.unsafeTries, 0.5), s.options.HaltRetry))
	if soon.Before(s.nextTry) {
		s.nextTry = soon
	}
}

// poke asks for a full pass now.
func (s *scheduler) poke(now time.Time) {
	s.fullNeeded, s.poked, s.insists = true, true, true
	s.polls.noteActivity(now)
	if s.failure.kind != noFailure {
		s.nextTry = now
	}
}

// handOver says that another process asks for the pair.
func (s *scheduler) handOver() { s.handover = true }

// takeBack says that the other process is done with the pair.
func (s *scheduler) takeBack(now time.Time) {
	s.handover = false
	s.poke(now)
}

// pause says that the user wants nothing to be done.
func (s *scheduler) pause() { s.paused = true }

// resume says that the user wants the pair in step again.
func (s *scheduler) resume(now time.Time) {
	s.paused = false
	s.poke(now)
}

// setNextTick says when tick is called again at the latest.
func (s *scheduler) setNextTick(t time.Time) { s.gaps.nextTick = t }

// begin says that t, which next returned, begins now. It returns the scope of a
// partial pass or a poll.
func (s *scheduler) begin(t task, now time.Time) sync.Scope {
	s.task, s.taskBegan, s.acted = t, now, false
	if t.isPass() || t == taskOpen {
		s.hinted, s.triedAt = false, now
	}
	var scope sync.Scope
	switch t {
	case taskFull:
		s.fullNeeded, s.poked = false, false
		s.batch = s.queue.takeAll()
	case taskPart:
		s.batch = s.queue.take(now)
		scope = s.batch.scope()
	case taskPoll:
		skip := func(dir manifest.Path) bool { return s.queue.backsOff(dir, now) }
		scope.Remote = s.polls.nextPart(now, skip)
		s.batch, s.polledDirs = batch{}, len(scope.Remote)
	case taskOpen:
		s.poked = false
	case taskReadDirs:
		s.dirsStale = false
	}
	return scope
}

// insist reports whether the task that begins is a try which somebody has asked for. A pass is
// what was asked for, too: a later failure is not to be tried again because of that.
func (s *scheduler) insist(t task) bool {
	insists := s.insists && t == taskOpen
	if t == taskOpen || t.isPass() {
		s.insists = false
	}
	return insists
}

// setActed says that the running pass has begun to change something.
func (s *scheduler) setActed() { s.acted = true }

// shouldCancel reports whether the running task is to be cancelled for a more
// important one.
func (s *scheduler) shouldCancel(now time.Time) bool {
	switch s.task {
	case taskOpen:
		return s.handover || s.paused
	case taskFull, taskPart, taskPoll:
		return s.paused // what a pass has begun, it finishes
	case taskRest:
		t, _ := s.nextTask(now)
		return t != taskWait && t != taskRest
	}
	return false
}

// released reports whether this process does not use the pair now.
func (s *scheduler) released() bool { return s.task == taskWait && !s.connected }
