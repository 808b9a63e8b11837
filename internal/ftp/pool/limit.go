package pool

import "time"

// Times of a limit.
const (
	busyMemory = 10 * time.Minute // how long a limit is believed in; doubled each time it is found again
	mostDouble = 7                // so often: 21 hours
)

// A limit is the number of sessions above which the server has refused one. The zero value is
// none. It is a value: its methods return what it becomes.
type limit struct {
	n     int
	at    time.Time // when the server refused
	again int       // how often it has refused again at the same number
}

// allows returns how many of most sessions may be open now. A limit that is old allows one
// more, to see whether it still holds.
func (l limit) allows(most int, now time.Time) int {
	switch {
	case l.n == 0:
		return most
	case now.Sub(l.at) > busyMemory<<min(l.again, mostDouble):
		return min(most, l.n+1)
	}
	return min(most, l.n)
}

// refused notes that the server refused a session beside others.
func (l limit) refused(others int, now time.Time) limit {
	switch others = max(1, others); {
	case l.n == 0 || others < l.n:
		return limit{n: others, at: now}
	case l.allows(l.n+1, now) > l.n:
		l.again++
	}
	l.at = now
	return l
}

// opened notes that so many sessions are open.
func (l limit) opened(n int, now time.Time) limit {
	if l.n > 0 && n > l.n {
		return limit{n: n, at: now}
	}
	return l
}
