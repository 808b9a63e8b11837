package watch

import (
	"context"
	"time"
)

// A loop runs the tasks of a scheduler, and tells it what happens.
type loop struct {
	watch     *Watch
	scheduler *scheduler
	notifier  *notifier

	jobs       chan job
	outcomes   chan outcome
	hints      <-chan Hint
	cancel     context.CancelFunc // of the running job
	busy       bool               // a job is running
	handedOver bool               // the scheduler was told of a handover
	paused     bool               // and of a pause
}

func newLoop(w *Watch) *loop {
	return &loop{watch: w, scheduler: newScheduler(&w.options, w.rand), notifier: newNotifier(w.options.Changed),
		hints: w.options.Hints, jobs: make(chan job), outcomes: make(chan outcome)}
}

// run returns when ctx is cancelled and the session is closed.
func (l *loop) run(ctx context.Context) {
	l.notifier.notify(l.watch.Status())
	w := &worker{watch: l.watch}
	go w.run(l.jobs, l.outcomes)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		l.scheduler.tick(now, l.watch.wall())
		l.readRequests(now)
		wake := l.step(ctx, now)
		l.scheduler.setNextTick(wake)
		timer.Reset(time.Until(wake))
		l.wait(ctx, timer.C)
	}
	l.shutDown()
}

// step starts the next task, if it is due, and returns when to call step again.
func (l *loop) step(ctx context.Context, now time.Time) (wake time.Time) {
	wake = now.Add(maxWait)
	if !l.busy {
		next, until := l.scheduler.next(now)
		if next == taskWait {
			wake = until
		} else {
			l.start(ctx, next, now)
		}
	} else if l.scheduler.shouldCancel(now) {
		l.cancel()
	}
	l.confirmHandover()
	l.publish(l.scheduler.currentStatus(now))
	return l.watch.young.before(wake)
}

func (l *loop) start(ctx context.Context, t task, now time.Time) {
	ctx, l.cancel = context.WithCancel(ctx)
	l.busy = true
	if l.scheduler.insist(t) && l.watch.options.Insist != nil {
		l.watch.options.Insist()
	}
	l.jobs <- job{ctx, t, l.scheduler.begin(t, now)}
}

// wait returns when something has happened, and tells the scheduler.
func (l *loop) wait(ctx context.Context, timer <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-timer:
	case <-l.watch.wake:
	case h, ok := <-l.hints:
		if !ok {
			l.hints = nil
			return
		}
		l.scheduler.hint(h, time.Now())
	case out := <-l.outcomes:
		l.finish(out)
	}
}

// finish takes the outcome of the running job.
func (l *loop) finish(out outcome) {
	l.cancel()
	l.busy = false
	l.scheduler.end(out, time.Now())
	if out.err != nil && !out.cancelled {
		l.watch.options.Log.Info("the pair cannot be kept in sync now",
			"reason", l.scheduler.failure.reason, "next", l.scheduler.nextTry)
	}
}

// readRequests passes the requests of other goroutines on to the scheduler.
func (l *loop) readRequests(now time.Time) {
	if due := l.watch.young.take(now); len(due) > 0 {
		l.scheduler.hint(Hint{Paths: due}, now)
	}
	l.watch.mu.Lock()
	requests := l.watch.requests
	l.watch.requests.poke, l.watch.requests.firstAction = false, false
	l.watch.mu.Unlock()
	if requests.poke {
		l.scheduler.poke(now)
	}
	if requests.firstAction && l.busy {
		l.scheduler.setActed()
	}
	switch {
	case requests.handover && !l.handedOver:
		l.scheduler.handOver()
	case !requests.handover && l.handedOver:
		l.scheduler.takeBack(now)
	}
	l.handedOver = requests.handover
	switch {
	case requests.paused && !l.paused:
		l.scheduler.pause()
	case !requests.paused && l.paused:
		l.scheduler.resume(now)
	}
	l.paused = requests.paused
}

// publish sets the status, and notifies the listener if it changed.
func (l *loop) publish(s Status) {
	l.watch.mu.Lock()
	was := l.watch.status
	s.Since = was.Since
	if s.State != was.State {
		s.Since = time.Now().Round(0)
	}
	l.watch.status = s
	l.watch.mu.Unlock()
	if s != was {
		l.notifier.notify(s)
	}
}

// shutDown waits for the running job, whose context is cancelled, and closes the
// session.
func (l *loop) shutDown() {
	if l.busy {
		l.finish(<-l.outcomes)
	}
	l.jobs <- job{context.Background(), taskClose, l.scheduler.begin(taskClose, time.Now())}
	l.scheduler.end(<-l.outcomes, time.Now())
	close(l.jobs)
	s := l.scheduler.currentStatus(time.Now())
	s.State, s.Reason, s.Hint, s.NextPoll, s.NextTry = Stopped, "", "", time.Time{}, time.Time{}
	l.publish(s)
	l.notifier.close()
}
