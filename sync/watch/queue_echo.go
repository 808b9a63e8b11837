package watch

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

const (
	// freeEchoes is how many passes in a row over a path may find nothing before
	// its hints are delayed. A download causes one such pass.
	freeEchoes = 3
	// echoWindow is how soon after such a pass a hint must come to count as an echo
	// of it. Watchers report deletions some seconds late.
	echoWindow = 15 * time.Second
)

// An echo is a hint that a pass caused by itself, and that leads to nothing. It
// counts the passes in a row over one path that found nothing.
type echo struct {
	count int
	last  time.Time
	delay time.Duration
}

// echoDue returns when a hint of p is due if it must be delayed as an echo.
func (q *queue) echoDue(p manifest.Path, now time.Time) (due time.Time, delayed bool) {
	e, known := q.echoes[p]
	due = e.last.Add(e.delay)
	return due, known && e.count >= freeEchoes && now.Before(due)
}

// countEchoes takes a pass over b that has ended. quiet says that it found nothing.
func (q *queue) countEchoes(b batch, quiet bool, now time.Time, jitter float64) {
	for p, e := range q.echoes {
		if now.Sub(e.last) > e.delay+echoWindow {
			delete(q.echoes, p)
		}
	}
	for at := range b.tries {
		if at.side != sync.Local {
			continue
		}
		if !quiet {
			delete(q.echoes, at.path)
			continue
		}
		e := q.echoes[at.path]
		e.count, e.last = e.count+1, now
		if e.count >= freeEchoes {
			e.delay = echoBackoff.delay(e.count-freeEchoes+1, jitter)
		}
		q.echoes[at.path] = e
	}
}
