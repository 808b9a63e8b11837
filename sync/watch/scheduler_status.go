package watch

import (
	"time"

	"ferry/manifest"
)

// updateStatus counts a pass that has ended.
func (s *scheduler) updateStatus(kind task, out outcome, now time.Time) {
	st := &s.status
	st.Passes++
	st.LastPass = now
	st.Conflicts += max(0, out.summary.Conflicts-s.countKnownConflicts(out.events.skipped))
	if out.events.planned && out.err == nil {
		st.ConflictsWaiting = out.events.waiting
	}
	if acted(out.summary) || out.summary.Failed+out.summary.Conflicts > 0 || out.err != nil && !out.cancelled {
		st.Last = &out.summary
	}
	if kind == taskFull && out.err == nil {
		st.LastFull, s.fullFailed = now, out.summary.Failed
	}
}

// countKnownConflicts returns how many skipped conflicts were counted before, and
// remembers the others.
func (s *scheduler) countKnownConflicts(skipped []manifest.Path) int {
	n := 0
	for _, p := range skipped {
		if s.knownConflicts[p] {
			n++
		} else if len(s.knownConflicts) < maxEvents {
			addTo(&s.knownConflicts, p)
		}
	}
	return n
}

// currentStatus returns what the pair is doing now. The caller sets Since.
func (s *scheduler) currentStatus(now time.Time) Status {
	st := s.status
	st.State, st.Paused = s.state(now), s.paused
	st.Queue = s.queue.len()
	st.LastPass, st.LastFull = st.LastPass.Round(0), st.LastFull.Round(0)
	switch {
	case st.State == Waiting || st.State == Halted:
		st.Reason, st.Hint, st.NextTry = s.failure.reason, s.failure.hint, s.nextTry.Round(0)
	case s.pollRemote && s.connected && st.State == Idle:
		st.NextPoll = s.polls.next().Round(0)
	}
	return st
}

func (s *scheduler) state(now time.Time) State {
	switch {
	case s.task.isPass() && (s.failure.kind == noFailure || s.acted || now.Sub(s.taskBegan) > showAfter):
		return Syncing
	case s.handover && s.released():
		return HandedOver
	case s.paused && s.released():
		return Paused
	case s.failure.halted:
		return Halted
	case s.failure.kind != noFailure:
		return Waiting
	case !s.connected, s.status.LastFull.IsZero():
		return Starting
	}
	return Idle
}
