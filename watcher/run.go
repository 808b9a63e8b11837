package watcher

import (
	"time"
)

// run moves events into the debouncer and batches out of it until Close.
func (w *Watcher) run() {
	defer close(w.done)
	defer close(w.out)
	defer w.stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		w.updateOffer()
		out := w.out
		if w.offer == nil || len(w.queue.wake) > 0 {
			out = nil // handle the waiting events first: they may change the batch
		}
		select {
		case <-w.quit:
			return
		case out <- w.offered():
			w.sent()
		case <-w.queue.wake:
			w.handleEvents()
		case <-timer.C:
		}
		w.step(time.Now())
		timer.Reset(time.Until(w.nextWake()))
	}
}

// handleEvents handles the events in the queue.
func (w *Watcher) handleEvents() {
	events, lost := w.queue.take()
	for _, e := range events {
		if w.stopped() {
			return
		}
		w.handle(e)
	}
	if lost {
		w.options.Log.Info("too many changes at once: events were lost", "root", w.root)
		w.restart = true
		w.mu.Lock()
		defer w.mu.Unlock()
		w.debouncer.loseEvents(time.Now(), false)
	}
}

// step does what is due.
func (w *Watcher) step(now time.Time) {
	if !now.Before(w.nextRootCheck) {
		w.checkRoot(now)
		w.nextRootCheck = now.Add(min(rootEvery, w.options.Poll))
	}
	if !now.Before(w.nextPoll) {
		fullPoll := !now.Before(w.nextFullPoll)
		w.poll(fullPoll)
		w.nextPoll = time.Now().Add(w.pollDelay(now))
		if fullPoll {
			w.fullPollDone(now)
		}
	}
	w.makeReady(now)
	w.updateState()
}

// pollDelay returns how long to wait after a poll that began at begun: polls take at
// most a twentieth of the time.
func (w *Watcher) pollDelay(begun time.Time) time.Duration {
	return max(w.options.Poll, 20*time.Since(begun))
}

// fullPollDone schedules the next polls after a full one that began at begun.
func (w *Watcher) fullPollDone(begun time.Time) {
	w.nextFullPoll = time.Now().Add(max(w.pollDelay(begun), w.options.minFullPoll))
	w.nextPoll = time.Now().Add(w.options.Poll)
}

// makeReady makes ready what is due. If events were lost, the tree is watched from
// scratch before that is reported, so that no change after the report is missed.
func (w *Watcher) makeReady(now time.Time) {
	w.mu.Lock()
	files := w.debouncer.advance(now)
	again := w.restart && w.debouncer.everythingReady
	w.mu.Unlock()
	var growing = files[:0]
	for _, p := range files {
		if w.growing(p, now) {
			growing = append(growing, p)
		}
	}
	w.mu.Lock()
	for _, p := range growing {
		w.debouncer.postpone(p, now)
	}
	w.mu.Unlock()
	if again {
		w.start()
	}
}

// nextWake returns when there is something to do if no event comes.
func (w *Watcher) nextWake() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.nextRootCheck
	if t := w.tracker; t.top != nil && t.polled+t.unreadable > 0 {
		at = earlier(at, w.nextPoll)
	}
	if !w.debouncer.next.IsZero() {
		at = earlier(at, w.debouncer.next)
	}
	return at
}

// updateOffer makes a batch of what is ready.
func (w *Watcher) updateOffer() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.debouncer.readyChanged {
		return
	}
	w.debouncer.readyChanged, w.offer = false, nil
	if b, ok := w.debouncer.batch(w.isSmall); ok {
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
	w.options.Log.Debug("changes", "paths", len(w.offer.Paths), "everything", w.offer.Everything)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.debouncer.sent()
}

// updateState updates the state, and gives a notice if the system has run out of
// something.
func (w *Watcher) updateState() {
	t := w.tracker
	w.mu.Lock()
	w.state.Watched, w.state.Polled, w.state.Unreadable = t.watched, t.polled, t.unreadable
	s := w.state
	w.mu.Unlock()
	if w.systemErr != nil {
		w.notice(shortageOf(w.systemErr, true), w.systemErr, s)
		w.systemErr = nil
	}
	if t.shortage != nil {
		w.notice(shortageOf(t.shortage, false), t.shortage, s)
		t.shortage = nil
	}
}

// notice gives a notice, once for each setting.
func (w *Watcher) notice(m shortage, err error, s State) {
	if w.noticed[m.option] {
		return
	}
	w.noticed[m.option] = true
	w.options.Notice(m.text(err, s, w.options.Poll.String()))
}
