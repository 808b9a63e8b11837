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
