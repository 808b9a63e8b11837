package watch

import "time"

// next returns what is due now; for waiting, the time until then.
func (a *agenda) next(now time.Time) (doing, time.Time) {
	d, until := a.due(now)
	if most := now.Add(beat); d == waiting && (until.IsZero() || until.After(most)) {
		until = most
	}
	return d, until
}

func (a *agenda) due(now time.Time) (doing, time.Time) {
	switch {
	case a.open && (a.lent || a.drop):
		return closing, now
	case a.lent:
		return waiting, time.Time{}
	case a.trouble.kind != none && now.Before(a.nextTry):
		return waiting, a.nextTry
	case !a.open:
		return opening, now
	}
	return a.duePass(now)
}

// duePass orders what there is to look at: everything, what was hinted at, the
// server. What waited for too long goes first, once.
func (a *agenda) duePass(now time.Time) (doing, time.Time) {
	fullAt, fullUrgent := a.fullAt()
	fullNow := !fullAt.After(now)
	localAt, local := a.queue.due()
	pollAt := a.rounds.next()
	switch {
	case fullNow && (fullUrgent || now.Sub(fullAt) > time.Minute):
		return looking, now
	case a.remote && a.last != polling && now.Sub(pollAt) > a.o.Poll/4:
		return a.poll(now), now
	case local && !localAt.After(now):
		return passing, now
	case fullNow:
		return looking, now
	case a.remote && !pollAt.After(now):
		return a.poll(now), now
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
	if a.remote {
		earlier(pollAt)
	}
	if a.rests {
		if rest := a.lastAt.Add(restAfter); !rest.After(now) {
			return resting, now
		} else {
			earlier(rest)
		}
	}
	return waiting, until
}

// fullAt returns when the next full pass is due, and whether it goes before
// anything else. Watchers that lose events all the time must not keep the sides
// busy all the time.
func (a *agenda) fullAt() (time.Time, bool) {
	if a.full {
		return time.Time{}, true
	}
	at, urgent := a.fullDue, false
	if a.fullAgain.tries > 0 && a.fullAgain.due.Before(at) {
		at = a.fullAgain.due
	}
	if a.queue.everything {
		if soon := a.status.LastFull.Add(min(a.fullTook, time.Minute)); soon.Before(at) {
			at, urgent = soon, true
		}
	}
	return at, urgent
}

// poll is polling, or reading where the directories may be others by now and
// were not read only just now.
func (a *agenda) poll(now time.Time) doing {
	if a.stale && len(a.rounds.parts) == 0 && now.Sub(a.readAt) >= 20*a.readTook {
		return reading
	}
	return polling
}
