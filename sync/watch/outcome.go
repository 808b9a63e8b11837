package watch

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// An outcome is how what was begun ended.
type outcome struct {
	err     error
	aborted bool // err is that it was cancelled, on this side
	sum     sync.Summary
	trace   trace
	rests   bool            // the sides are a [Rester]
	dirs    []manifest.Path // that were read
}

// end says that what was under way ended now.
func (a *agenda) end(out outcome, now time.Time) {
	did := a.now
	a.now = waiting
	switch did {
	case opening:
		a.opened(out, now)
	case closing:
		a.open, a.drop = false, false
	case reading:
		a.rounds.know(out.dirs)
		a.readAt, a.readTook = now, now.Sub(a.began)
	case resting:
		a.lastAt = now
	case looking, passing, polling:
		a.last, a.lastAt = did, now
		a.passed(did, out, now)
	}
}

func (a *agenda) opened(out outcome, now time.Time) {
	switch {
	case out.err == nil:
		a.open, a.rests, a.full, a.stale = true, out.rests, true, true
		a.patience.refusals = 0
	case !out.aborted:
		a.troubled(out.err, now)
	}
}

// troubled takes an error that ended an opening or a pass.
func (a *agenda) troubled(err error, now time.Time) {
	t := a.o.troubleOf(err)
	if t.kind == unsafe {
		a.looks++
	}
	a.trouble = t
	a.nextTry = now.Add(a.patience.after(t.kind, a.o.HaltRetry, a.jitter()))
	if !t.keeps {
		a.drop = a.open // and look at everything when they are connected again
	}
	a.lookSooner()
	if a.poked { // while this was tried
		a.nextTry = now
	}
}

// passed takes how a pass ended.
func (a *agenda) passed(did doing, out outcome, now time.Time) {
	a.count(did, out, now)
	if acted(out.sum) {
		a.rounds.act(now, keys(out.trace.active)...)
	}
	a.stale = a.stale || reshaped(out.sum) || did == looking
	if out.err != nil {
		a.broke(did, out, now)
		return
	}
	a.trouble, a.patience, a.looks, a.nextTry = trouble{}, patience{}, 0, time.Time{}
	a.settle(did, out, now)
	if a.status.Failed = a.queue.failing(); a.status.Failed == 0 && a.fullAgain.tries == 0 {
		a.fullFailed = 0
	}
	a.status.Failed = max(a.status.Failed, a.fullFailed)
	switch did {
	case passing:
		a.queue.listen(a.load, !acted(out.sum) && out.sum.Failed+len(out.trace.doubted) == 0, now, a.jitter())
	case polling:
		a.rounds.listed(a.dirs, now.Sub(a.began), !acted(out.sum), now)
	case looking:
		a.rounds.lookedAtAll(a.began, now)
		a.fullTook = now.Sub(a.began)
		a.fullDue = now.Add(time.Duration(float64(a.o.Full) * (0.9 + 0.2*a.jitter())))
	}
}

// broke takes a pass that did not come to its end: what it was to look at is
// still to be looked at.
func (a *agenda) broke(did doing, out outcome, now time.Time) {
	a.queue.restore(a.load, now)
	switch did {
	case looking:
		a.full = true
	case polling:
		a.rounds.giveUp(now)
	}
	if !out.aborted {
		a.troubled(out.err, now)
	}
}

// settle looks after what failed by itself in a pass that came to its end.
func (a *agenda) settle(did doing, out outcome, now time.Time) {
	failed := out.trace.failed
	known := len(failed) > 0 && len(failed) < mostTraced/2 && out.trace.failures >= out.sum.Failed
	if did == looking {
		a.settleFull(out, known, now)
	}
	if did != polling { // the next poll looks there anyway
		a.queue.doubt(a.load, out.trace.doubted, now, a.jitter())
	}
	switch {
	case out.sum.Failed == 0:
		return
	case !known && did == passing:
		failed = a.load.spots()
	case !known: // a poll looks there again anyway, and so does a full pass
		return
	}
	a.queue.fail(a.load, failed, now, a.jitter())
}

func (a *agenda) settleFull(out outcome, known bool, now time.Time) {
	if out.sum.Failed == 0 || known {
		a.fullAgain = retry{}
		return
	}
	tries := a.fullAgain.tries + 1
	pause := max(fullPauses.after(tries, a.jitter()), 10*now.Sub(a.began))
	a.fullAgain = retry{tries, now.Add(pause)}
}

func keys[K comparable](m map[K]bool) []K {
	all := make([]K, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}
