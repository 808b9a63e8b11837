package watch

import (
	"slices"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

const (
	// mostQueued is how many paths are looked at one by one; more are a reason to
	// look at everything.
	mostQueued = 4096
	// echoesFree is how many passes in a row that find nothing a path may cause
	// before its hints have to wait; a pass that downloads causes one.
	echoesFree = 3
	// echoWindow is how soon after such a pass a hint must come to be an echo of
	// it. Watchers tell of what is gone after some seconds only.
	echoWindow = 15 * time.Second
)

// A queue holds what is to be looked at and was not yet.
type queue struct {
	everything bool
	fresh      map[manifest.Path]bool // at once
	again      map[spot]retry         // what failed, and echoes
	echoes     map[manifest.Path]echo
}

// A retry is when to look again.
type retry struct {
	tries int
	due   time.Time
}

// An echo counts the passes over a path that found nothing.
type echo struct {
	count int
	last  time.Time
	pause time.Duration
}

// A load is what a pass was given to look at, with how often it failed before.
type load struct {
	everything bool
	tries      map[spot]int
}

func newQueue() queue {
	return queue{fresh: make(map[manifest.Path]bool), again: make(map[spot]retry), echoes: make(map[manifest.Path]echo)}
}

// hint takes a hint that came now.
func (q *queue) hint(h Hint, now time.Time) {
	q.everything = q.everything || h.Everything
	for _, p := range h.Paths {
		s := spot{sync.Local, p}
		if e, is := q.echoes[p]; is && e.count >= echoesFree && now.Before(e.last.Add(e.pause)) {
			if r, waits := q.again[s]; !waits || r.due.After(e.last.Add(e.pause)) {
				q.again[s] = retry{r.tries, e.last.Add(e.pause)}
			}
			continue
		}
		q.fresh[p] = true
	}
	q.limit()
}

// limit bounds the memory of a pair that cannot be looked at for long.
func (q *queue) limit() {
	if len(q.fresh)+len(q.again) <= mostQueued {
		return
	}
	q.everything = true
	clear(q.fresh)
	clear(q.again)
}

// len returns how many local paths wait.
func (q *queue) len() int {
	n := len(q.fresh)
	for s := range q.again {
		if s.side == sync.Local && !q.fresh[s.path] {
			n++
		}
	}
	return n
}

// failing returns how many places are tried again because something failed
// there.
func (q *queue) failing() int {
	n := 0
	for _, r := range q.again {
		if r.tries > 0 {
			n++
		}
	}
	return n
}

// due returns when the next path is to be looked at; false where none waits.
func (q *queue) due() (time.Time, bool) {
	if len(q.fresh) > 0 {
		return time.Time{}, true
	}
	var first time.Time
	for _, r := range q.again {
		if first.IsZero() || r.due.Before(first) {
			first = r.due
		}
	}
	return first, len(q.again) > 0
}

// take removes and returns what is due now.
func (q *queue) take(now time.Time) (sync.Scope, load) {
	l := load{tries: make(map[spot]int)}
	for p := range q.fresh {
		s := spot{sync.Local, p}
		l.tries[s] = q.again[s].tries
		delete(q.again, s)
	}
	clear(q.fresh)
	for s, r := range q.again {
		if !r.due.After(now) {
			l.tries[s] = r.tries
			delete(q.again, s)
		}
	}
	return l.scope(), l
}

// takeAll removes and returns all there is, for a full pass.
func (q *queue) takeAll() load {
	l := load{everything: q.everything, tries: make(map[spot]int)}
	for p := range q.fresh {
		l.tries[spot{sync.Local, p}] = 0
	}
	for s, r := range q.again {
		l.tries[s] = r.tries
	}
	q.everything = false
	clear(q.fresh)
	clear(q.again)
	return l
}

// scope returns the load as an engine takes it, in order.
func (l load) scope() sync.Scope {
	var scope sync.Scope
	for s := range l.tries {
		if s.side == sync.Local {
			scope.Local = append(scope.Local, s.path)
		} else {
			scope.Remote = append(scope.Remote, s.path)
		}
	}
	slices.SortFunc(scope.Local, manifest.Path.Compare)
	kept := scope.Local[:0]
	for _, p := range scope.Local {
		if len(kept) == 0 || !p.Within(kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	scope.Local = kept
	slices.SortFunc(scope.Remote, manifest.Path.Compare)
	return scope
}

// restore puts back a load over which no pass came to its end.
func (q *queue) restore(l load, now time.Time) {
	q.everything = q.everything || l.everything
	for s, tries := range l.tries {
		switch {
		case s.side == sync.Remote || tries > 0:
			if _, is := q.again[s]; !is {
				q.again[s] = retry{tries, now}
			}
		default:
			q.fresh[s.path] = true
		}
	}
	q.limit()
}

// fail takes what failed in a pass over l, to be looked at again after a while.
func (q *queue) fail(l load, failed map[spot]bool, now time.Time, jitter float64) {
	for s := range failed {
		tries := l.triesOf(s) + 1
		pauses := filePauses
		if s.side == sync.Remote {
			pauses = dirPauses
		}
		q.again[s] = retry{tries, now.Add(pauses.after(tries, jitter))}
	}
	q.limit()
}

// doubt takes what could not be read in a pass over l, like fail. A pass over
// something else that meets it again does not hasten it.
func (q *queue) doubt(l load, doubted map[spot]bool, now time.Time, jitter float64) {
	fresh := make(map[spot]bool)
	for s := range doubted {
		if _, waits := q.again[s]; !waits {
			fresh[s] = true
		}
	}
	q.fail(l, fresh, now, jitter)
}

// triesOf returns how often s failed before, by itself or as a part of what it
// lies below.
func (l load) triesOf(s spot) int {
	tries := l.tries[s]
	if s.side == sync.Local {
		for dir := range s.path.Ancestors {
			tries = max(tries, l.tries[spot{sync.Local, dir}])
		}
	}
	return tries
}

// spots returns all of a load.
func (l load) spots() map[spot]bool {
	all := make(map[spot]bool, len(l.tries))
	for s := range l.tries {
		all[s] = true
	}
	return all
}

// listen counts echoes: a pass over l ended now, and found nothing or not.
func (q *queue) listen(l load, nothing bool, now time.Time, jitter float64) {
	for p, e := range q.echoes {
		if now.Sub(e.last) > e.pause+echoWindow {
			delete(q.echoes, p)
		}
	}
	for s := range l.tries {
		if s.side != sync.Local {
			continue
		}
		if !nothing {
			delete(q.echoes, s.path)
			continue
		}
		e := q.echoes[s.path]
		e.count, e.last = e.count+1, now
		if e.count >= echoesFree {
			e.pause = echoPauses.after(e.count-echoesFree+1, jitter)
		}
		q.echoes[s.path] = e
	}
}

// waits reports whether directory dir of the server is to be left alone for a
// while, since something in it failed.
func (q *queue) waits(dir manifest.Path, now time.Time) bool {
	r, is := q.again[spot{sync.Remote, dir}]
	return is && r.due.After(now)
}
