package app

import (
	"time"

	"ferry/sync/watch"
)

// A watchdog keeps the service manager from restarting the process as long as every
// pair is looked after.
type watchdog struct {
	watch   *Watch
	tick    *time.Ticker               // nil: the manager has no watchdog
	overdue map[*watchedPair]time.Time // since when something planned has not happened
}

// longOverdue is how long a pair may be late with what was planned for it. After
// the machine wakes up, everything is late for a moment.
const longOverdue = 2 * time.Minute

func newWatchdog(w *Watch) *watchdog {
	d := &watchdog{watch: w, overdue: make(map[*watchedPair]time.Time)}
	if every := w.notify.Watchdog(); every > 0 {
		d.tick = time.NewTicker(every)
	}
	return d
}

func (d *watchdog) stop() {
	if d.tick != nil {
		d.tick.Stop()
	}
}

func (d *watchdog) due() <-chan time.Time {
	if d.tick == nil {
		return nil
	}
	return d.tick.C
}

// check tells the service manager that all is well, if it is.
func (d *watchdog) check() {
	for _, wp := range d.watch.all() {
		if !d.alive(wp, time.Now()) {
			d.watch.Opener.Log.Error("a pair is not looked after any more", "profile", wp.pair.Title())
			return
		}
	}
	d.watch.logged(d.watch.notify.Alive())
}

// alive reports whether a pair is looked after: its watch answers, and does what it
// planned in time.
func (d *watchdog) alive(wp *watchedPair, now time.Time) bool {
	answer := make(chan watch.Status, 1)
	go func() { answer <- wp.watch.Status() }()
	var s watch.Status
	select {
	case s = <-answer:
	case <-time.After(time.Second):
		return false
	}
	if !s.Overdue(now) {
		delete(d.overdue, wp)
		return true
	}
	since, known := d.overdue[wp]
	if !known {
		d.overdue[wp] = now
		return true
	}
	return now.Sub(since) < longOverdue
}
