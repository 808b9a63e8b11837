package watch

import (
	"maps"
	"slices"
	"time"
)

// end says that the running task has ended.
func (s *scheduler) end(out outcome, now time.Time) {
	ended := s.task
	s.task = taskWait
	switch ended {
	case taskOpen:
		s.endOpen(out, now)
	case taskClose:
		s.connected, s.disconnect = false, false
	case taskReadDirs:
		s.polls.setDirs(out.dirs)
		s.dirsReadAt, s.dirsReadTook = now, now.Sub(s.taskBegan)
	case taskRest:
		s.idleSince = now
	case taskFull, taskPart, taskPoll:
		s.lastPass, s.idleSince = ended, now
		s.endPass(ended, out, now)
	}
}

func (s *scheduler) endOpen(out outcome, now time.Time) {
	switch {
	case out.err == nil:
		s.connected, s.canRest, s.fullNeeded, s.dirsStale = true, out.canRest, true, true
		s.failures.logins, s.insists, s.spread = 0, false, s.options.Spread
	case !out.cancelled:
		s.fail(out.err, now)
	}
}

// retrySpread is the time in which the pairs that wait for one server try again.
const retrySpread = 2 * time.Second

// fail takes the error of a pass or of Options.Open, and schedules the next try.
func (s *scheduler) fail(err error, now time.Time) {
	s.failure = s.options.classify(err)
	if s.failure.kind == unsafePass {
		s.unsafeTries++
	}
	if at := s.failure.retryAt; at.IsZero() {
		s.nextTry = now.Add(s.failures.delay(s.failure.kind, s.options.HaltRetry, s.jitter()))
	} else { // a little apart from the other pairs that wait for it
		s.nextTry = at.Add(time.Duration(float64(min(at.Sub(now)/4, retrySpread)) * s.jitter()))
	}
	if !s.failure.keepOpen {
		s.disconnect = s.connected
	}
	s.retrySooner()
	if s.poked { // during this try
		s.nextTry = now
	}
}

// endPass takes the outcome of a pass.
func (s *scheduler) endPass(kind task, out outcome, now time.Time) {
	s.updateStatus(kind, out, now)
	if acted(out.summary) {
		s.polls.noteActivity(now, slices.Collect(maps.Keys(out.events.active))...)
	}
	s.dirsStale = s.dirsStale || changedDirs(out.summary) || kind == taskFull
	if out.err != nil {
		s.endFailedPass(kind, out, now)
		return
	}
	s.failure, s.failures, s.unsafeTries, s.nextTry = failure{}, failureCount{}, 0, time.Time{}
	s.retryFailedPaths(kind, out, now)
	if s.status.Failed = s.queue.failing(); s.status.Failed == 0 && s.fullRetry.tries == 0 {
		s.fullFailed = 0
	}
	s.status.Failed = max(s.status.Failed, s.fullFailed)
	switch kind {
	case taskPart:
		quiet := !acted(out.summary) && out.summary.Failed+len(out.events.unreadable) == 0
		s.queue.countEchoes(s.batch, quiet, now, s.jitter())
	case taskPoll:
		s.polls.partDone(s.polledDirs, now.Sub(s.taskBegan), !acted(out.summary), now)
	case taskFull:
		s.polls.fullPassDone(s.taskBegan, now)
		if s.spread {
			s.polls.sooner(now, s.jitter())
			s.spread = false
		}
		s.fullTook = now.Sub(s.taskBegan)
		s.fullDue = now.Add(time.Duration(float64(s.options.Full) * (0.9 + 0.2*s.jitter())))
	}
}

// endFailedPass takes a pass that ended early. Its scope is queued again.
func (s *scheduler) endFailedPass(kind task, out outcome, now time.Time) {
	s.queue.restore(s.batch, now)
	switch kind {
	case taskFull:
		s.fullNeeded = true
	case taskPoll:
		s.polls.restart(now)
	}
	if !out.cancelled {
		s.fail(out.err, now)
	}
}

// retryFailedPaths queues the paths that failed, or could not be read, in a pass
// that was completed. Without events the failed paths are not known; then the whole
// scope of the pass is retried.
func (s *scheduler) retryFailedPaths(kind task, out outcome, now time.Time) {
	failed := out.events.failed
	known := len(failed) > 0 && len(failed) < maxEvents/2 && out.events.failures >= out.summary.Failed
	if kind == taskFull {
		s.retryFull(out, known, now)
	}
	if kind != taskPoll { // the next poll reads them anyway
		s.queue.addUnreadable(s.batch, out.events.unreadable, now, s.jitter())
	}
	switch {
	case out.summary.Failed == 0:
		return
	case !known && kind == taskPart:
		failed = s.batch.locations()
	case !known: // the next poll or full pass covers them
		return
	}
	s.queue.addFailed(s.batch, failed, now, s.jitter())
}

// retryFull schedules another full pass if paths failed and it is not known which.
func (s *scheduler) retryFull(out outcome, known bool, now time.Time) {
	if out.summary.Failed == 0 || known {
		s.fullRetry = retry{}
		return
	}
	tries := s.fullRetry.tries + 1
	delay := max(fullBackoff.delay(tries, s.jitter()), 10*now.Sub(s.taskBegan))
	s.fullRetry = retry{tries, now.Add(delay)}
}
