package watch

import (
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// doing is what a keeper does next.
type doing uint8

const (
	waiting doing = iota // until a time, or until something happens
	opening              // connect to the sides
	closing              // let go of them
	reading              // the directories of the base
	looking              // a pass over everything
	passing              // a pass over what was hinted at, or failed before
	polling              // a pass over directories of the server
	resting              // keep the connections alive
)

func (d doing) String() string {
	return [...]string{"wait", "open", "close", "read", "full", "part", "poll", "rest"}[d]
}

const (
	// restAfter is how long nothing must have happened for the sides to rest.
	restAfter = time.Minute
	// showAfter is how long a pair that waits or is halted goes on showing that
	// while it is tried again.
	showAfter = 10 * time.Second
)

// An agenda decides what a keeper does next. It is pure: it is told what happens
// and what time it is, and says what is due. It is told of one thing at a time.
type agenda struct {
	o      *Options
	remote bool // the server is polled
	jitter func() float64

	clock  clock
	queue  queue
	rounds rounds

	open   bool // the sides are connected
	drop   bool // let go of them first
	rests  bool // they are to be told that nothing happens
	lent   bool // somebody wants the pair, or has it
	now    doing
	began  time.Time // of what is under way
	load   load      // of the pass under way
	dirs   int       // that it lists, for a poll
	shown  bool      // the pass under way has begun to change something
	last   doing     // the last pass
	lastAt time.Time // when it ended, or the last rest

	full      bool // a full pass is needed
	poked     bool // somebody asked for one since the last attempt began
	fullDue   time.Time
	fullAgain retry
	// fullFailed is how many files failed in the last full pass, until all that
	// failed went well.
	fullFailed int
	fullTook   time.Duration
	stale      bool // the directories are to be read again
	readAt     time.Time
	readTook   time.Duration

	trouble  trouble
	patience patience
	looks    int  // at a halted pair
	hinted   bool // something changed since the last one
	lookedAt time.Time
	nextTry  time.Time

	status  Status
	skipped map[manifest.Path]bool // conflicts that wait, counted
}

// newAgenda returns the agenda of a pair of which nothing is known. The options
// are filled in. jitter returns numbers from 0 to 1.
func newAgenda(o *Options, jitter func() float64) *agenda {
	return &agenda{o: o, remote: o.Remote, jitter: jitter, queue: newQueue(), rounds: newRounds(o.Poll, o.PollMost),
		full: true, stale: true}
}

// tick tells the time, by the clock of the machine and by that on the wall.
func (a *agenda) tick(now, wall time.Time) {
	if !a.clock.look(now, wall) {
		return
	}
	a.full = true
	switch {
	case a.trouble.kind == away:
		a.patience, a.nextTry = patience{refusals: a.patience.refusals}, now
	case !a.nextTry.IsZero():
		a.nextTry = rebased(a.nextTry, now)
	}
	a.rounds.due = rebased(a.rounds.due, now)
}

// rebased returns the moment t in terms of now, whose clock on the wall may have
// been set since t was made.
func rebased(t, now time.Time) time.Time { return now.Add(t.Sub(now)) }

// hint takes a hint of local changes.
func (a *agenda) hint(h Hint, now time.Time) {
	if len(h.Paths) == 0 && !h.Everything {
		return
	}
	a.queue.hint(h, now)
	parents := make([]manifest.Path, 0, len(h.Paths))
	for _, p := range h.Paths {
		parents = append(parents, p.Parent())
	}
	a.rounds.act(now, parents...)
	a.hinted = true
	a.lookSooner()
}

// lookSooner lets a hint hasten the next look at a pair that a rail halted,
// though not by much when looking did not help before.
func (a *agenda) lookSooner() {
	if a.trouble.kind != unsafe || !a.hinted {
		return
	}
	soon := a.lookedAt.Add(min(lookPauses.after(a.looks, 0.5), a.o.HaltRetry))
	if soon.Before(a.nextTry) {
		a.nextTry = soon
	}
}

// poke asks for a look at everything now.
func (a *agenda) poke(now time.Time) {
	a.full, a.poked = true, true
	a.rounds.act(now)
	if a.trouble.kind != none {
		a.nextTry = now
	}
}

// lend says that somebody wants the pair, giveBack that nobody does any more.
func (a *agenda) lend() { a.lent = true }

func (a *agenda) giveBack(now time.Time) {
	a.lent = false
	a.poke(now)
}

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
	case a.trouble.kind != none && (a.nextTry.IsZero() || now.Before(a.nextTry)):
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

// expect says when time is told again at the latest.
func (a *agenda) expect(t time.Time) { a.clock.expected = t }

// begin says that what next returned begins now, and returns what a pass is to
// look at.
func (a *agenda) begin(d doing, now time.Time) sync.Scope {
	a.now, a.began, a.shown = d, now, false
	if d != closing && d != reading && d != resting {
		a.hinted, a.lookedAt = false, now
	}
	var scope sync.Scope
	switch d {
	case looking:
		a.full, a.poked = false, false
		a.load = a.queue.takeAll()
	case passing:
		scope, a.load = a.queue.take(now)
	case polling:
		skip := func(dir manifest.Path) bool { return a.queue.waits(dir, now) }
		scope.Remote = a.rounds.part(now, skip)
		a.load, a.dirs = load{}, len(scope.Remote)
	case opening:
		a.poked = false
	case reading:
		a.stale = false
	}
	return scope
}

// started says that the pass under way has begun to change something.
func (a *agenda) started() { a.shown = true }

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
	a.nextTry = time.Time{}
	if t.kind != hopeless {
		a.nextTry = now.Add(a.patience.after(t.kind, a.o.HaltRetry, a.jitter()))
	}
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
		a.queue.listen(a.load, !acted(out.sum) && out.sum.Failed == 0, now, a.jitter())
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

// interrupts reports whether what is under way is to be cancelled, since there
// is something better to do.
func (a *agenda) interrupts(now time.Time) bool {
	switch a.now {
	case opening:
		return a.lent
	case resting:
		d, _ := a.due(now)
		return d != waiting && d != resting
	}
	return false
}

// free reports whether the pair is in nobody's hands.
func (a *agenda) free() bool { return a.now == waiting && !a.open }

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

func keys[K comparable](m map[K]bool) []K {
	all := make([]K, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}
