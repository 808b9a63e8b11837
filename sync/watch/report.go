package watch

import (
	"time"

	"ferry/manifest"
)

// count keeps the figures of the status.
func (a *agenda) count(did doing, out outcome, now time.Time) {
	s := &a.status
	s.Passes++
	s.LastPass = now
	s.Conflicts += max(0, out.sum.Conflicts-a.known(out.trace.skipped))
	if acted(out.sum) || out.sum.Failed+out.sum.Conflicts > 0 || out.err != nil && !out.aborted {
		s.Last = &out.sum
	}
	if did == looking && out.err == nil {
		s.LastFull, a.fullFailed = now, out.sum.Failed
	}
}

// known returns how many of the conflicts that wait were counted before, and
// remembers them all.
func (a *agenda) known(waiting []manifest.Path) int {
	n := 0
	for _, p := range waiting {
		if a.skipped[p] {
			n++
		} else if len(a.skipped) < mostTraced {
			put(&a.skipped, p)
		}
	}
	return n
}

// report returns what the pair is doing now. Since is not set.
func (a *agenda) report(now time.Time) Status {
	s := a.status
	s.State = a.state(now)
	s.Queue = a.queue.len()
	s.LastPass, s.LastFull = s.LastPass.Round(0), s.LastFull.Round(0)
	switch {
	case s.State == Waiting || s.State == Halted:
		s.Reason, s.Hint, s.NextTry = a.trouble.reason, a.trouble.hint, a.nextTry.Round(0)
	case a.remote && a.open && s.State == Idle:
		s.NextPoll = a.rounds.next().Round(0)
	}
	return s
}

func (a *agenda) state(now time.Time) State {
	pass := a.now == looking || a.now == passing || a.now == polling
	switch {
	case pass && (a.trouble.kind == none || a.shown || now.Sub(a.began) > showAfter):
		return Passing
	case a.lent && a.free():
		return Lent
	case a.trouble.halts:
		return Halted
	case a.trouble.kind != none:
		return Waiting
	case !a.open, a.status.LastFull.IsZero():
		return Starting
	}
	return Idle
}
