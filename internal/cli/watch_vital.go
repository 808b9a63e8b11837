package cli

import (
	"time"

	"ferry/sync/watch"
)

// A vital holds the watchdog of the service manager off as long as every pair is
// looked after.
type vital struct {
	watching *watching
	tick     *time.Ticker           // nil: there is no watchdog
	overdue  map[*keeping]time.Time // since when a promise was not kept
}

// longOverdue is how long a keeper may let a time pass at which it meant to do
// something. A machine that wakes up is overdue for a moment.
const longOverdue = 2 * time.Minute

func newVital(w *watching) *vital {
	v := &vital{watching: w, overdue: make(map[*keeping]time.Time)}
	if every := w.notify.Watchdog(); every > 0 {
		v.tick = time.NewTicker(every)
	}
	return v
}

func (v *vital) stop() {
	if v.tick != nil {
		v.tick.Stop()
	}
}

func (v *vital) due() <-chan time.Time {
	if v.tick == nil {
		return nil
	}
	return v.tick.C
}

// check tells the manager that all is well, if it is.
func (v *vital) check() {
	for _, k := range v.watching.all() {
		if !v.alive(k, time.Now()) {
			v.watching.app.log().Error("a pair is not looked after any more", "profile", k.name())
			return
		}
	}
	v.watching.tell(v.watching.notify.Alive())
}

// alive reports whether a pair is looked after: its keeper answers, and does not
// let the times pass at which it meant to do something.
func (v *vital) alive(k *keeping, now time.Time) bool {
	answer := make(chan watch.Status, 1)
	go func() { answer <- k.keeper.Status() }()
	var s watch.Status
	select {
	case s = <-answer:
	case <-time.After(time.Second):
		return false
	}
	if !missed(s, now) {
		delete(v.overdue, k)
		return true
	}
	since, known := v.overdue[k]
	if !known {
		v.overdue[k] = now
		return true
	}
	return now.Sub(since) < longOverdue
}

// missed reports whether a time has passed at which something was to be done.
func missed(s watch.Status, now time.Time) bool {
	var due time.Time
	switch s.State {
	case watch.Idle:
		due = s.NextPoll
	case watch.Waiting, watch.Halted:
		due = s.NextTry
	}
	return !due.IsZero() && now.After(due.Add(5*time.Second))
}
