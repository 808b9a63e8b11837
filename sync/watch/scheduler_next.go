package watch

import "time"

// next returns the task that is due now. For taskWait it also returns until when.
func (s *scheduler) next(now time.Time) (task, time.Time) {
	t, until := s.nextTask(now)
	if most := now.Add(maxWait); t == taskWait && (until.IsZero() || until.After(most)) {
		until = most
	}
	return t, until
}

func (s *scheduler) nextTask(now time.Time) (task, time.Time) {
	switch {
	case s.connected && (s.handover || s.paused || s.disconnect):
		return taskClose, now
	case s.handover || s.paused:
		return taskWait, time.Time{}
	case s.failure.kind != noFailure && now.Before(s.nextTry):
		return taskWait, s.nextTry
	case !s.connected:
		return taskOpen, now
	}
	return s.nextPass(now)
}

// nextPass puts the passes that are due in order: first those that are overdue,
// then hints, full passes and polls.
func (s *scheduler) nextPass(now time.Time) (task, time.Time) {
	fullAt, fullUrgent := s.nextFull()
	fullNow := !fullAt.After(now)
	localAt, local := s.queue.due()
	pollAt := s.polls.next()
	switch {
	case fullNow && (fullUrgent || now.Sub(fullAt) > time.Minute):
		return taskFull, now
	case s.pollRemote && s.lastPass != taskPoll && now.Sub(pollAt) > s.options.Poll/4:
		return s.pollOrReadDirs(now), now
	case local && !localAt.After(now):
		return taskPart, now
	case fullNow:
		return taskFull, now
	case s.pollRemote && !pollAt.After(now):
		return s.pollOrReadDirs(now), now
	}
	until := fullAt
	earlier := func(t time.Time) {
		if t.Before(until) {
			until = t
		}
	}
	if local {
		earlier(localAt)
	}
	if s.pollRemote {
		earlier(pollAt)
	}
	if s.canRest {
		rest := s.idleSince.Add(restAfter)
		if !rest.After(now) {
			return taskRest, now
		}
		earlier(rest)
	}
	return taskWait, until
}

// nextFull returns when the next full pass is due, and whether it goes before all
// other passes. A watcher that keeps losing events must not cause full passes
// without a pause between them.
func (s *scheduler) nextFull() (due time.Time, urgent bool) {
	if s.fullNeeded {
		return time.Time{}, true
	}
	due = s.fullDue
	if s.fullRetry.tries > 0 && s.fullRetry.due.Before(due) {
		due = s.fullRetry.due
	}
	if s.queue.everything {
		if soon := s.status.LastFull.Add(min(s.fullTook, time.Minute)); soon.Before(due) {
			due, urgent = soon, true
		}
	}
	return due, urgent
}

// pollOrReadDirs returns taskPoll, or taskReadDirs if the list of directories must
// be read first. Reading may take a twentieth of the time.
func (s *scheduler) pollOrReadDirs(now time.Time) task {
	if s.dirsStale && len(s.polls.parts) == 0 && now.Sub(s.dirsReadAt) >= 20*s.dirsReadTook {
		return taskReadDirs
	}
	return taskPoll
}
