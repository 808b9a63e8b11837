package watch

import (
	"context"
	"time"
)

// A loop carries out what an agenda decides, and tells it what happens.
type loop struct {
	k      *Keeper
	a      *agenda
	teller *teller

	jobs     chan job
	outcomes chan outcome
	hints    <-chan Hint
	cancel   context.CancelFunc // of the job under way
	busy     bool
	lent     bool
}

func newLoop(k *Keeper) *loop {
	return &loop{k: k, a: newAgenda(&k.o, k.rand), teller: newTeller(k.o.Changed), hints: k.o.Hints,
		jobs: make(chan job), outcomes: make(chan outcome)}
}

// run returns when ctx has ended and the pair is let go of.
func (l *loop) run(ctx context.Context) {
	l.teller.tell(l.k.Status())
	w := &worker{k: l.k}
	go w.run(l.jobs, l.outcomes)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		l.a.tick(now, l.k.wall())
		l.heed(now)
		wake := l.step(ctx, now)
		l.a.expect(wake)
		timer.Reset(time.Until(wake))
		l.wait(ctx, timer.C)
	}
	l.end()
}

// step begins what is due, and returns when to look again.
func (l *loop) step(ctx context.Context, now time.Time) (wake time.Time) {
	wake = now.Add(beat)
	if !l.busy {
		do, until := l.a.next(now)
		if do == waiting {
			wake = until
		} else {
			l.begin(ctx, do, now)
		}
	} else if l.a.interrupts(now) {
		l.cancel()
	}
	l.grant()
	l.publish(l.a.report(now))
	return wake
}

func (l *loop) begin(ctx context.Context, do doing, now time.Time) {
	ctx, l.cancel = context.WithCancel(ctx)
	l.busy = true
	l.jobs <- job{ctx, do, l.a.begin(do, now)}
}

// wait returns when something has happened, and tells the agenda.
func (l *loop) wait(ctx context.Context, timer <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-timer:
	case <-l.k.nudge:
	case h, ok := <-l.hints:
		if !ok {
			l.hints = nil
			return
		}
		l.a.hint(h, time.Now())
	case out := <-l.outcomes:
		l.ended(out)
	}
}

func (l *loop) ended(out outcome) {
	l.cancel()
	l.busy = false
	l.a.end(out, time.Now())
	if out.err != nil && !out.aborted {
		l.k.o.Log.Info("pair is in trouble", "reason", l.a.trouble.reason, "next", l.a.nextTry)
	}
}

// heed tells the agenda what was asked of the keeper.
func (l *loop) heed(now time.Time) {
	l.k.mu.Lock()
	asks := l.k.asks
	l.k.asks.poke, l.k.asks.started = false, false
	l.k.mu.Unlock()
	if asks.poke {
		l.a.poke(now)
	}
	if asks.started && l.busy {
		l.a.started()
	}
	switch {
	case asks.lend && !l.lent:
		l.a.lend()
	case !asks.lend && l.lent:
		l.a.giveBack(now)
	}
	l.lent = asks.lend
}

// grant lets the borrower know when the pair was let go of.
func (l *loop) grant() {
	if !l.lent || l.busy || !l.a.free() {
		return
	}
	l.k.mu.Lock()
	defer l.k.mu.Unlock()
	if l.k.asks.granted != nil {
		close(l.k.asks.granted)
		l.k.asks.granted = nil
	}
}

// publish tells of a status that is not the last one.
func (l *loop) publish(s Status) {
	l.k.mu.Lock()
	was := l.k.status
	s.Since = was.Since
	if s.State != was.State {
		s.Since = time.Now().Round(0)
	}
	l.k.status = s
	l.k.mu.Unlock()
	if s != was {
		l.teller.tell(s)
	}
}

// end brings what is under way to its end, which its cancelled context makes
// soon, and lets go of the pair.
func (l *loop) end() {
	if l.busy {
		l.ended(<-l.outcomes)
	}
	l.jobs <- job{context.Background(), closing, l.a.begin(closing, time.Now())}
	l.a.end(<-l.outcomes, time.Now())
	close(l.jobs)
	s := l.a.report(time.Now())
	s.State, s.Reason, s.Hint, s.NextPoll, s.NextTry = Stopped, "", "", time.Time{}, time.Time{}
	l.publish(s)
	l.teller.end()
}
