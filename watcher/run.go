package watcher

import (
	"time"
)

// run moves events into the gatherer and batches out of it until Close.
func (w *Watcher) run() {
	defer close(w.done)
	defer close(w.out)
	defer w.end()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		w.makeOffer()
		out := w.out
		if w.offer == nil || len(w.queue.wake) > 0 {
			out = nil // what has happened already may take something back
		}
		select {
		case <-w.quit:
			return
		case out <- w.offered():
			w.sent()
		case <-w.queue.wake:
			w.drain()
		case <-timer.C:
		}
		w.step(time.Now())
		timer.Reset(time.Until(w.deadline()))
	}
}

// drain handles the events that came.
func (w *Watcher) drain() {
	events, lost := w.queue.take()
	for _, e := range events {
		if w.stopped() {
			return
		}
		w.handle(e)
	}
	if lost {
		w.o.Log.Info("too many changes at once: events were lost", "root", w.root)
		w.stale = true
		w.mu.Lock()
		defer w.mu.Unlock()
		w.g.lose(time.Now(), false)
	}
}

// step does what is due.
func (w *Watcher) step(now time.Time) {
	if !now.Before(w.rootAt) {
		w.checkRoot(now)
		w.rootAt = now.Add(min(rootEvery, w.o.Poll))
	}
	if !now.Before(w.pollAt) {
		closely := !now.Before(w.closeAt)
		w.poll(closely)
		w.pollAt = time.Now().Add(w.pause(now))
		if closely {
			w.lookedClosely(now)
		}
	}
	w.ripen(now)
	w.publish()
}

// pause is how long to wait after a look that began at begun: looks of a kind
// take a twentieth of the time at most.
func (w *Watcher) pause(begun time.Time) time.Duration {
	return max(w.o.Poll, 20*time.Since(begun))
}

// lookedClosely notes that everything polled was looked at closely, from begun to now.
// Looks that are less close come in between.
func (w *Watcher) lookedClosely(begun time.Time) {
	w.closeAt = time.Now().Add(max(w.pause(begun), w.o.closely))
	w.pollAt = time.Now().Add(w.o.Poll)
}

// ripen makes ready what has come to rest. Where events were lost everything is
// watched anew before anybody is told to look, so that nothing is missed from
// that look on.
func (w *Watcher) ripen(now time.Time) {
	w.mu.Lock()
	files := w.g.due(now)
	again := w.stale && w.g.allReady
	w.mu.Unlock()
	var growing = files[:0]
	for _, p := range files {
		if w.growing(p, now) {
			growing = append(growing, p)
		}
	}
	w.mu.Lock()
	for _, p := range growing {
		w.g.postpone(p, now)
	}
	w.mu.Unlock()
	if again {
		w.begin()
	}
}

// deadline is when there is something to do if nothing happens.
func (w *Watcher) deadline() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.rootAt
	if t := w.tracker; t.top != nil && t.polled+t.blind > 0 {
		at = earlier(at, w.pollAt)
	}
	if !w.g.next.IsZero() {
		at = earlier(at, w.g.next)
	}
	return at
}

// makeOffer makes a batch of what is ready.
func (w *Watcher) makeOffer() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.g.changed {
		return
	}
	w.g.changed, w.offer = false, nil
	if b, ok := w.g.batch(w.cheap); ok {
		w.offer = &b
	}
}

func (w *Watcher) offered() Batch {
	if w.offer == nil {
		return Batch{}
	}
	return *w.offer
}

func (w *Watcher) sent() {
	w.o.Log.Debug("changes", "paths", len(w.offer.Paths), "everything", w.offer.Everything)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.g.sent()
}

// publish says what is going on, and what the user can do about it.
func (w *Watcher) publish() {
	t := w.tracker
	w.mu.Lock()
	w.state.Watched, w.state.Polled, w.state.Unreadable = t.watched, t.polled, t.blind
	s := w.state
	w.mu.Unlock()
	if w.opened != nil {
		w.tell(wantOf(w.opened, true), w.opened, s)
		w.opened = nil
	}
	if t.short != nil {
		w.tell(wantOf(t.short, false), t.short, s)
		t.short = nil
	}
}

// tell gives a notice, once.
func (w *Watcher) tell(m want, err error, s State) {
	if w.told[m.option] {
		return
	}
	w.told[m.option] = true
	w.o.Notice(m.text(err, s, w.o.Poll.String()))
}
