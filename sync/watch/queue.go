package watch

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// maxQueued is how many paths are queued one by one. When there are more, a full
// pass is made instead.
const maxQueued = 4096

// A queue holds the hints and retries that wait for a pass.
type queue struct {
	everything bool                   // a full pass was hinted at
	fresh      map[manifest.Path]bool // hints that are due now
	retries    map[location]retry     // failures, and hints that are delayed as echoes
	echoes     map[manifest.Path]echo
}

// A location is where a pass is to look: a local path with everything below it, or
// one directory of the server without its subdirectories.
type location struct {
	side sync.Side
	path manifest.Path
}

// A retry is when a location is due again.
type retry struct {
	tries int // that failed
	due   time.Time
}

func newQueue() queue {
	return queue{fresh: make(map[manifest.Path]bool), retries: make(map[location]retry), echoes: make(map[manifest.Path]echo)}
}

// hint queues a hint that came now.
func (q *queue) hint(h Hint, now time.Time) {
	q.everything = q.everything || h.Everything
	for _, p := range h.Paths {
		at := location{sync.Local, p}
		if due, delayed := q.echoDue(p, now); !delayed {
			q.fresh[p] = true
		} else if r, waits := q.retries[at]; !waits || r.due.After(due) {
			q.retries[at] = retry{r.tries, due}
		}
	}
	q.limit()
}

// limit bounds the memory of a pair for which no pass is made for a long time.
func (q *queue) limit() {
	if len(q.fresh)+len(q.retries) <= maxQueued {
		return
	}
	q.everything = true
	clear(q.fresh)
	clear(q.retries)
}

// len returns how many local paths are queued.
func (q *queue) len() int {
	n := len(q.fresh)
	for at := range q.retries {
		if at.side == sync.Local && !q.fresh[at.path] {
			n++
		}
	}
	return n
}

// failing returns how many locations are queued because they failed.
func (q *queue) failing() int {
	n := 0
	for _, r := range q.retries {
		if r.tries > 0 {
			n++
		}
	}
	return n
}

// due returns when the next location is due; false if the queue is empty.
func (q *queue) due() (time.Time, bool) {
	if len(q.fresh) > 0 {
		return time.Time{}, true
	}
	var first time.Time
	for _, r := range q.retries {
		if first.IsZero() || r.due.Before(first) {
			first = r.due
		}
	}
	return first, len(q.retries) > 0
}

// take removes and returns the locations that are due now.
func (q *queue) take(now time.Time) batch {
	b := batch{tries: make(map[location]int)}
	for p := range q.fresh {
		at := location{sync.Local, p}
		b.tries[at] = q.retries[at].tries
		delete(q.retries, at)
	}
	clear(q.fresh)
	for at, r := range q.retries {
		if !r.due.After(now) {
			b.tries[at] = r.tries
			delete(q.retries, at)
		}
	}
	return b
}

// takeAll removes and returns everything, for a full pass.
func (q *queue) takeAll() batch {
	b := batch{everything: q.everything, tries: make(map[location]int)}
	for p := range q.fresh {
		b.tries[location{sync.Local, p}] = 0
	}
	for at, r := range q.retries {
		b.tries[at] = r.tries
	}
	q.everything = false
	clear(q.fresh)
	clear(q.retries)
	return b
}

// restore puts back the batch of a pass that was not completed.
func (q *queue) restore(b batch, now time.Time) {
	q.everything = q.everything || b.everything
	for at, tries := range b.tries {
		switch {
		case at.side == sync.Remote || tries > 0:
			if _, queued := q.retries[at]; !queued {
				q.retries[at] = retry{tries, now}
			}
		default:
			q.fresh[at.path] = true
		}
	}
	q.limit()
}

// addFailed queues what failed in the pass over b for a retry.
func (q *queue) addFailed(b batch, failed map[location]bool, now time.Time, jitter float64) {
	for at := range failed {
		tries := b.triesOf(at) + 1
		backoff := fileBackoff
		if at.side == sync.Remote {
			backoff = dirBackoff
		}
		q.retries[at] = retry{tries, now.Add(backoff.delay(tries, jitter))}
	}
	q.limit()
}

// addUnreadable queues what could not be read in the pass over b for a retry. A
// location that is queued already keeps its time: a pass over other paths may have
// met it by chance.
func (q *queue) addUnreadable(b batch, unreadable map[location]bool, now time.Time, jitter float64) {
	added := make(map[location]bool)
	for at := range unreadable {
		if _, queued := q.retries[at]; !queued {
			added[at] = true
		}
	}
	q.addFailed(b, added, now, jitter)
}

// backsOff reports whether directory dir of the server is left out of polls for
// now, because something in it failed.
func (q *queue) backsOff(dir manifest.Path, now time.Time) bool {
	r, queued := q.retries[location{sync.Remote, dir}]
	return queued && r.due.After(now)
}
